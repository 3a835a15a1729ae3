// deadlock.hpp - whether a write that waits can ever go on.
#pragma once

#include "platform/platform.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace windpipe::platform {

/// Of one wait for room in a pipe. Looks after a while for the first time, then at growing distances.
class deadlock_search {
public:
    explicit deadlock_search(deadlock_watch wish) noexcept : wish_(wish) {
        if (wish != deadlock_watch::none) {
            next_ = distance_;
        }
    }

    /// When to ask again; never, where nobody wants to know.
    [[nodiscard]] const deadline& next() const noexcept { return next_; }
    /// Looks if it is time to: whether everybody who could read from the pipe waits, in the end, for this thread. True
    /// counts if the pipe is full even now.
    bool is_found_to_be(int writer) noexcept {
        return wish_ != deadlock_watch::none && next_.has_passed() && look(writer);
    }
    /// With whom it waits.
    [[nodiscard]] error failure(std::string_view operation) const;

private:
    bool look(int writer) noexcept;

    deadlock_watch wish_;
    std::chrono::milliseconds distance_{100};
    deadline next_;
    std::string readers_;
};

} // namespace windpipe::platform

// inquiry.hpp - what pipe a handle belongs to, asked in a thread of its own.
//
// A question about a synchronous handle waits until no other call on its file object is under way, and that may be a
// read of another process that waits for ever.
#pragma once

#include "sys.hpp"

#include <memory>
#include <optional>
#include <string>

namespace windpipe::platform {

struct pipe_identity {
    std::wstring name; // never empty
    ULONG end = 0;     // which of the two
};

class inquiry {
public:
    inquiry() = default;
    ~inquiry();
    inquiry(const inquiry&) = delete;
    inquiry& operator=(const inquiry&) = delete;

    /// None for what is no pipe, or cannot be told from others: it has no name, or may have several instances.
    /// PRE: answers().
    std::optional<pipe_identity> ask(unique_handle copy);
    /// False once a question has had no answer in time, or nobody to answer it. The thread lives on with that handle
    /// until it has one.
    [[nodiscard]] bool answers() const noexcept { return answers_; }

private:
    struct state;
    std::shared_ptr<state> state_;
    bool answers_ = true;
};

} // namespace windpipe::platform

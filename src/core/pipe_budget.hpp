// pipe_budget.hpp - how much larger than usual the pipes of this process may be at the same time.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace windpipe {

/// The memory of enlarged pipes counts against a limit of the user, not of the process: whoever takes it all leaves
/// every other program with pipes of one or two pages (pipe(7), pipe-user-pages-soft, 64 MiB by default). So a stream
/// is enlarged only when it has proved to carry much, and all of them together stay well below that.
class pipe_budget {
public:
    /// What a stream must have moved before it is worth it.
    static constexpr std::size_t bulk = 512UL * 1024;
    /// What it gets then: the most a user without privileges may ask for (pipe-max-size).
    static constexpr std::size_t large = 1024UL * 1024;
    /// In all.
    static constexpr std::size_t most = 16 * large;

    /// A share of the budget, given back when it goes.
    class lease {
    public:
        lease() noexcept = default;
        lease(lease&& other) noexcept : taken_(std::exchange(other.taken_, 0)) {}
        lease& operator=(lease&& other) noexcept {
            std::swap(taken_, other.taken_);
            return *this;
        }
        ~lease() { in_use.fetch_sub(taken_, std::memory_order_relaxed); }

        [[nodiscard]] explicit operator bool() const noexcept { return taken_ != 0; }

    private:
        explicit lease(std::size_t taken) noexcept : taken_(taken) {}
        std::size_t taken_ = 0;
        friend class pipe_budget;
    };

    /// A share for one large pipe, or none.
    [[nodiscard]] static lease take() noexcept {
        if (in_use.fetch_add(large, std::memory_order_relaxed) + large > most) {
            in_use.fetch_sub(large, std::memory_order_relaxed);
            return {};
        }
        return lease(large);
    }

    /// For tests.
    [[nodiscard]] static std::size_t taken() noexcept { return in_use.load(std::memory_order_relaxed); }

private:
    static inline std::atomic<std::size_t> in_use = 0;
};

} // namespace windpipe

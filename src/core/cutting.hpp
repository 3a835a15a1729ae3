// cutting.hpp - into pieces of which size a large write is cut. Decided here alone, by measuring.
//
// A plain write of a megabyte holds the pipe's lock while all of it is copied and makes the kernel allocate and free
// what it keeps no pages for; pieces of two pages do neither, but cost a system call each. Which is faster depends on
// the kernel (how many pages it keeps per pipe), on the price of a system call, and on whether both ends share a
// processor: so these, and sizes between, are tried on the stream itself, and tried again now and then.
// docs/performance.md tells more.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace windpipe {

/// What one write end has learnt. May be used by several threads at once: one of them measures, and a lost update
/// costs a little time.
class cutting {
public:
    using clock = std::chrono::steady_clock;

    /// Writes up to this size are never cut: they reuse the pages that the kernel keeps for each pipe (two from Linux
    /// 6.15 on, one before).
    static constexpr std::size_t smallest = 8192;

    /// The next part of a write: write `size` bytes in pieces of `piece`, then say done().
    struct part {
        std::size_t size = 0;
        std::size_t piece = 0;
        bool measured = false;
        clock::time_point start = {};
    };

    /// `in_step`: the other end is busy on another processor; where it is not, pieces are only more calls.
    /// PRE: left > smallest.
    [[nodiscard]] part next(std::size_t left, bool in_step) noexcept {
        if (!in_step) {
            return {.size = left, .piece = whole};
        }
        const std::size_t until_trial = settled_.load(std::memory_order_relaxed);
        if (until_trial > 0) {
            settled_.store(until_trial > left ? until_trial - left : 0, std::memory_order_relaxed);
            return {.size = left, .piece = piece()};
        }
        return try_one(left);
    }

    /// After a part has been written.
    void done(const part& written) noexcept {
        if (written.measured) {
            learn(written, clock::now());
        }
    }
    /// After a part that failed: its time says nothing.
    void failed(const part& unwritten) noexcept {
        if (unwritten.measured) {
            measuring_.store(false, std::memory_order_release);
        }
    }

    /// done() at a given time.
    void learn(const part& written, clock::time_point now) noexcept;

    /// The size in use: for tests.
    [[nodiscard]] std::size_t piece() const noexcept { return sizes[best_.load(std::memory_order_relaxed)]; }

    static constexpr std::size_t whole = static_cast<std::size_t>(-1);

private:
    /// Two pages reuse what the kernel keeps; eight pages are the better bargain where a system call is dear; one page
    /// where the kernel keeps only one.
    static constexpr std::array<std::size_t, 4> sizes{smallest, whole, 32768, 4096};

    [[nodiscard]] part try_one(std::size_t left) noexcept;
    [[nodiscard]] std::size_t other() const noexcept;
    [[nodiscard]] double share_of_other(std::size_t bytes) const noexcept;
    void settle(bool hopeless) noexcept;

    std::atomic<std::size_t> settled_ = 0; ///< bytes until the next trial
    std::atomic<std::uint8_t> best_ = 0;   ///< index in `sizes`
    std::atomic<bool> measuring_ = false;  ///< a thread has the rest of this object
    unsigned step_ = 0;
    unsigned trials_ = 0;
    std::size_t pause_ = 0;
    std::size_t step_left_ = 0;
    struct cost {
        std::uint64_t bytes = 0;
        std::uint64_t nanoseconds = 0;
    };
    std::array<cost, 2> costs_; ///< of the size in use, and of the other one that is tried
};

} // namespace windpipe

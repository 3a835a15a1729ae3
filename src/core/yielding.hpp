// yielding.hpp - when an end that finds nothing lets the others of its processor go first, before it sleeps.
//
// Where both ends share a processor, the other one gets it at once and goes on until it has nothing left to do: for one
// system call in place of a sleep, a bell, and the preemption of whoever rings it. But where a third one wants the
// processor, too, it may be milliseconds until our turn comes again. So what that costs is kept account of.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace windpipe {

/// The account of one end. What was lost is paid by waits without a try, so that they cost little more than sleeping.
class yielding {
public:
    using nanoseconds = std::chrono::nanoseconds;

    /// Asked by a call that would have to sleep, and shares its processor with the other end.
    [[nodiscard]] bool worth_it() noexcept {
        if (balance_ >= nanoseconds(0)) {
            return true;
        }
        balance_ += paid_by_a_wait;
        return false;
    }
    /// What became of it: how far the other end has come meanwhile, and how long it took.
    void yielded(std::uint64_t bytes, nanoseconds time) noexcept {
        const bool streams = bytes >= static_cast<std::uint64_t>(time.count()) / slow_stream;
        const bool helped = bytes > 0 && (time <= brief || streams);
        balance_ = helped ? std::min(balance_ + saved_by_a_try, most) : std::max(balance_ - time, -longest);
    }

private:
    static constexpr nanoseconds saved_by_a_try = std::chrono::microseconds(2);
    static constexpr nanoseconds paid_by_a_wait = std::chrono::nanoseconds(100);
    static constexpr nanoseconds brief = std::chrono::microseconds(50);
    static constexpr nanoseconds most = std::chrono::milliseconds(1);
    static constexpr nanoseconds longest = std::chrono::seconds(1); // else it was not somebody else's turn
    static constexpr std::uint64_t slow_stream = 8; // nanoseconds for a byte: then to gather is worth the wait

    nanoseconds balance_ = -16 * paid_by_a_wait; // who waits a few times only does not try
};

} // namespace windpipe

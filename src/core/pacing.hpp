// pacing.hpp - when a call spins before it sleeps, and for how long. Decided here alone.
//
// An end that finds the pipe full or empty for a moment does better to look again than to sleep and be woken, as long
// as the other end is busy on another processor at the same time. It only costs where the other end sleeps long or
// shares our processor. docs/performance.md tells the measurements.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace windpipe {

/// What one end has learnt about the other. Used by all calls on the end at once: a lost update costs a little time.
class pacing {
public:
    using nanoseconds = std::chrono::nanoseconds;

    /// The other end is busy at the same time as we are.
    [[nodiscard]] bool in_step() const noexcept { return failures_.load(std::memory_order_relaxed) < patience; }

    /// Asked by a call that would have to sleep: whether to spin first. Out of step, seldom: to notice a change.
    [[nodiscard]] bool worth_spinning() noexcept { return in_step() || spin_is_due(); }

    /// The same, asked by a call out of step before its first try: that may wait in the system at once where not.
    [[nodiscard]] bool spin_is_due() noexcept {
        const std::uint32_t left = pause_.load(std::memory_order_relaxed);
        if (left > 0) {
            pause_.store(left - 1, std::memory_order_relaxed);
        }
        return left == 0;
    }

    /// What became of the spin: the other end moved while we looked, or we had to sleep.
    void spun(bool helped) noexcept {
        if (helped) {
            failures_.store(0, std::memory_order_relaxed);
            next_pause_.store(first_pause, std::memory_order_relaxed);
            return;
        }
        const std::uint32_t failures = std::min(failures_.load(std::memory_order_relaxed) + 1, patience);
        failures_.store(failures, std::memory_order_relaxed);
        if (failures < patience) {
            return;
        }
        const std::uint32_t pause = next_pause_.load(std::memory_order_relaxed);
        pause_.store(pause, std::memory_order_relaxed);
        next_pause_.store(std::min(pause * 2, longest_pause), std::memory_order_relaxed);
    }

    /// How long a spin may last: about the price of a sleep, so that a spin in vain at most doubles the wait. What a
    /// sleep costs is learnt from the short ones: in a virtual machine it is ten times what it is without.
    [[nodiscard]] nanoseconds longest_spin() const noexcept {
        return nanoseconds(price_.load(std::memory_order_relaxed));
    }

    /// The same where the other end may spin and sleep as we do: it would have to wake up first, and then to act.
    [[nodiscard]] nanoseconds longest_mutual_spin() const noexcept { return 4 * longest_spin(); }

    /// A call slept for this long.
    void slept(nanoseconds time) noexcept {
        const bool truly = time >= shortest_sleep; // else the other end had moved already
        slept_last_.store(truly, std::memory_order_relaxed);
        if (!truly) {
            return;
        }
        const std::int64_t price = price_.load(std::memory_order_relaxed);
        const std::int64_t seen = std::min(time, most).count();
        price_.store(std::max(price + (seen - price) / (seen < price ? 4 : 16), least.count()),
                     std::memory_order_relaxed);
    }

    /// Out of step, and the last wait was a sleep: so will be the next one, and a try before it is in vain.
    [[nodiscard]] bool will_sleep() const noexcept { return slept_last_.load(std::memory_order_relaxed) && !in_step(); }

private:
    static constexpr std::uint32_t patience = 4;
    static constexpr std::uint32_t first_pause = 64;
    static constexpr std::uint32_t longest_pause = 4096;
    static constexpr nanoseconds shortest_sleep = std::chrono::microseconds(2);
    static constexpr nanoseconds least = std::chrono::microseconds(5);
    static constexpr nanoseconds most = std::chrono::microseconds(50);

    std::atomic<std::uint32_t> failures_ = 0;
    std::atomic<std::uint32_t> pause_ = 0; // waits until the next try
    std::atomic<std::uint32_t> next_pause_ = first_pause;
    std::atomic<std::int64_t> price_ = most.count();
    std::atomic<bool> slept_last_ = false;
};

} // namespace windpipe

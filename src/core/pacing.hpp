// pacing.hpp - when a large write is cut, and when a call spins before it sleeps. Decided here alone.
//
// A pipe is fast while both ends are busy at the same time: pieces of two pages reuse the kernel's cached pages and
// hold the pipe's lock briefly, and an end that finds the pipe full or empty for a moment does better to look again
// than to sleep and be woken. It is slow, and both would only cost, when the other end sleeps long or shares our
// processor. docs/performance.md tells the measurements.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace windpipe {

/// What one end has learnt about the other. Used by all calls on the end at once: a lost update costs a little time.
class pacing {
public:
    /// The other end is busy at the same time as we are: cut, and spin.
    [[nodiscard]] bool in_step() const noexcept { return failures_.load(std::memory_order_relaxed) < patience; }

    /// Asked when a call would have to sleep: whether to spin first. Out of step, seldom: to notice when that changes.
    [[nodiscard]] bool worth_spinning() noexcept {
        if (in_step()) {
            return true;
        }
        const std::uint32_t left = pause_.load(std::memory_order_relaxed);
        if (left > 0) {
            pause_.store(left - 1, std::memory_order_relaxed);
            return false;
        }
        return true;
    }

    /// What became of the spin: the other end moved while we looked, or we had to sleep (or it ran on our processor).
    void spun(bool helped) noexcept {
        if (helped) {
            failures_.store(0, std::memory_order_relaxed);
            next_pause_.store(first_pause, std::memory_order_relaxed);
            return;
        }
        const std::uint32_t failures = failures_.load(std::memory_order_relaxed);
        if (failures < patience) {
            failures_.store(failures + 1, std::memory_order_relaxed);
        }
        const std::uint32_t pause = next_pause_.load(std::memory_order_relaxed);
        pause_.store(pause, std::memory_order_relaxed);
        next_pause_.store(pause < longest_pause ? pause * 2 : longest_pause, std::memory_order_relaxed);
    }

    /// The longest spin. About the price of a sleep and a wake-up: so a spin in vain at most doubles the wait.
    static constexpr std::chrono::nanoseconds longest_spin = std::chrono::microseconds(50);

private:
    static constexpr std::uint32_t patience = 4;
    static constexpr std::uint32_t first_pause = 64;
    static constexpr std::uint32_t longest_pause = 4096;

    std::atomic<std::uint32_t> failures_ = 0;
    std::atomic<std::uint32_t> pause_ = 0; // waits until the next try
    std::atomic<std::uint32_t> next_pause_ = first_pause;
};

} // namespace windpipe

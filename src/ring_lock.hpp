// ring_lock.hpp - the lock of one side of a ring: as a mutex, but nearly free for a thread that has it for itself.
//
// A thread that has taken it several times in a row owns it: it takes it by two plain stores from then on (try_own),
// until another thread takes it. That one says so, has every thread of the process pass a full barrier, and waits until
// the owner is out. Then it is a mutex for all, until one of them owns it again, for which it takes longer each time.
// So the price of several threads is paid by those who have them, and seldom.
#pragma once

#include "platform/platform.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>

namespace windpipe::detail {

/// `Between` is called between the two steps of try_own(): for a test.
template <class Between>
class basic_ring_lock {
public:
    void lock() noexcept {
        mutex_.lock();
        const std::uint64_t owner = owner_.load(std::memory_order_relaxed);
        if (owner == nobody) {
            taken();
        } else if (owner - this_thread() >= slots) {
            end_ownership();
        }
    }
    void unlock() noexcept { mutex_.unlock(); }
    /// Never waits. False: somebody has it, or a thread owns it.
    [[nodiscard]] bool try_lock() noexcept {
        if (owner_.load(std::memory_order_relaxed) != nobody || !mutex_.try_lock()) {
            return false;
        }
        if (owner_.load(std::memory_order_relaxed) == nobody) {
            taken();
            return true;
        }
        mutex_.unlock();
        return false;
    }

    /// Takes it if this thread owns it; given back by leave(). PRE: this thread does not have it.
    [[nodiscard]] bool try_own() noexcept {
        const std::uint64_t owner = owner_.load(std::memory_order_relaxed);
        const std::uint64_t slot = owner - this_thread();
        if (slot >= slots) {
            return false;
        }
        Between{}();
        // INVARIANT: another thread that has changed owner_ and then had us pass a barrier sees inside_, or we see its
        // change. The compiler must keep the order, too. Who has lost it before the store disturbs no later owner: each
        // ownership has a slot of its own.
        inside_[slot].store(true, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        if (owner_.load(std::memory_order_relaxed) == owner) [[likely]] {
            return true;
        }
        inside_[slot].store(false, std::memory_order_release);
        return false;
    }
    void leave() noexcept { inside_[slot_].store(false, std::memory_order_release); }

private:
    static constexpr std::uint64_t nobody = 0;
    static constexpr std::uint64_t slots = 16;
    static constexpr std::uint32_t first_needed = 4;
    static constexpr std::uint32_t most_needed = 1U << 16U;

    /// A number that no other thread ever has, with room for a slot. glibc keeps some memory for a variable of this
    /// kind in libraries that are loaded later; to find it takes no call.
    static std::uint64_t this_thread() noexcept {
        static std::atomic<std::uint64_t> last = nobody;
        [[gnu::tls_model("initial-exec")]] thread_local std::uint64_t mine = nobody;
        if (mine == nobody) {
            mine = last.fetch_add(slots, std::memory_order_relaxed) + slots;
        }
        return mine;
    }
    /// PRE: this thread has the mutex, nobody owns it.
    void taken() noexcept {
        const std::uint64_t self = this_thread();
        in_a_row_ = self == last_ ? in_a_row_ + 1 : 1;
        last_ = self;
        if (in_a_row_ >= needed_ && next_slot_ < slots && platform::can_order_threads()) {
            in_a_row_ = 0;
            slot_ = next_slot_++;
            owner_.store(self + slot_, std::memory_order_relaxed);
        }
    }
    /// Inside, nobody sleeps: bytes are copied, a stream is gathered, a bell is rung.
    void end_ownership() noexcept {
        owner_.store(nobody, std::memory_order_relaxed);
        needed_ = std::min(needed_ * 4, most_needed);
        platform::order_threads();
        for (int looks = 0; inside_[slot_].load(std::memory_order_acquire); ++looks) {
            if (looks < 100) {
                std::this_thread::yield();
            } else {
                std::this_thread::sleep_for(std::chrono::microseconds(50)); // he may be kept from running
            }
        }
    }

    std::mutex mutex_;
    std::atomic<std::uint64_t> owner_ = nobody; // the thread and its slot; changed by who has the mutex
    std::array<std::atomic<bool>, slots> inside_{};
    std::uint64_t slot_ = 0; // of the last ownership, as the following for who has the mutex; and for the owner
    std::uint64_t next_slot_ = 0;
    std::uint64_t last_ = nobody; // who had the mutex
    std::uint32_t in_a_row_ = 0;
    std::uint32_t needed_ = first_needed;
};

struct nothing_between {
    void operator()() const noexcept {}
};
using ring_lock = basic_ring_lock<nothing_between>;

} // namespace windpipe::detail

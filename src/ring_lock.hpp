// ring_lock.hpp - the lock of one side of a ring: as a mutex, but nearly free for a thread that has it for itself.
//
// The thread that takes it first may afterwards take it by two plain stores (try_enter), until another thread takes it:
// that one says so, has every thread of the process pass a full barrier, and waits until the first one is out. From
// then on it is a mutex for both. So the price of several threads is paid by those who have them, once.
#pragma once

#include "platform/platform.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>

namespace windpipe::detail {

class ring_lock {
public:
    void lock() noexcept {
        mutex_.lock();
        const std::uint64_t owner = owner_.load(std::memory_order_relaxed);
        if (owner == nobody) {
            owner_.store(platform::can_order_threads() ? this_thread() : shared, std::memory_order_relaxed);
        } else if (owner != shared && owner != this_thread()) {
            end_ownership();
        }
    }
    void unlock() noexcept { mutex_.unlock(); }

    /// How a thread got in.
    enum class entry : std::uint8_t { none, as_owner, by_lock };

    /// Takes it if that costs next to nothing, never waits; given back by leave(). PRE: this thread does not have it.
    [[nodiscard]] entry try_enter() noexcept {
        const std::uint64_t owner = owner_.load(std::memory_order_relaxed);
        if (owner == shared) {
            return mutex_.try_lock() ? entry::by_lock : entry::none;
        }
        if (owner != this_thread()) {
            return entry::none;
        }
        // INVARIANT: another thread that has changed owner_ and then had us pass a barrier sees inside_, or we see its
        // change. The compiler must keep the order, too.
        inside_.store(true, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        if (owner_.load(std::memory_order_relaxed) == owner) {
            return entry::as_owner;
        }
        inside_.store(false, std::memory_order_release);
        return entry::none;
    }
    void leave(entry how) noexcept {
        if (how == entry::as_owner) {
            inside_.store(false, std::memory_order_release);
        } else if (how == entry::by_lock) {
            mutex_.unlock();
        }
    }

private:
    static constexpr std::uint64_t nobody = 0;
    static constexpr std::uint64_t shared = 1;

    /// A number that no other thread ever has.
    static std::uint64_t this_thread() noexcept {
        static std::atomic<std::uint64_t> last = shared;
        thread_local std::uint64_t mine = 0;
        if (mine == 0) {
            mine = last.fetch_add(1, std::memory_order_relaxed) + 1;
        }
        return mine;
    }
    /// What happens inside never waits, so that this is short.
    void end_ownership() noexcept {
        owner_.store(shared, std::memory_order_relaxed);
        platform::order_threads();
        while (inside_.load(std::memory_order_acquire)) {
            std::this_thread::yield();
        }
    }

    std::mutex mutex_;
    std::atomic<std::uint64_t> owner_ = nobody; // changed by who has the mutex
    std::atomic<bool> inside_ = false;
};

} // namespace windpipe::detail

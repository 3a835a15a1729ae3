// waiting.hpp - what one thread needs to wait in this backend, and to be called out of a call that blocks in the
// system.
//
// An end is overlapped or synchronous. The system fixes that when it makes the end, and a handle does not show it. A
// transfer on an overlapped end that cannot be done at once is left pending, and its thread waits for the transfer and
// its waker together. A transfer on a synchronous end blocks inside ReadFile or WriteFile, where no second thing can be
// waited for: there, somebody else must call it off by CancelSynchronousIo, which hits whatever the thread does inside
// the system at that moment. So:
//  - A thread says by begin() and end() when it is in a transfer; it is called off between the two alone, under a lock
//    that end() takes too. The thread's later, unrelated calls are never hit.
//  - A thread that is about to enter the system cannot be called off yet. Whoever wakes it does not wait for that: the
//    thread's timer repeats the call until the thread has left. The same timer keeps the deadline.
// The timer is one object per thread that waits; all timers are served by one thread. There is no thread per stream.
//
// While one thread is in a transfer on a synchronous end, the system holds back the others on that end, where nothing
// reaches them: their deadlines can only be met after it has left. close() reaches them one after the other.
//
// Source: CancelSynchronousIo, "Synchronous and Asynchronous I/O", CreateThreadpoolTimer.
#pragma once

#include "sys.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>

namespace windpipe::platform {

class thread_context {
public:
    static result<thread_context*> of_this_thread();
    /// The thread a waker belongs to.
    static thread_context& of(const waker& its) noexcept;

    ~thread_context();
    thread_context(const thread_context&) = delete;
    thread_context& operator=(const thread_context&) = delete;

    [[nodiscard]] waker* its_waker() const noexcept { return waker_.get(); }
    void wake() noexcept;
    void clear() noexcept;

    /// Whether it has been woken since it was last cleared.
    bool is_woken() noexcept;

    /// For the one overlapped transfer the thread makes at a time.
    [[nodiscard]] HANDLE transfer_event() const noexcept { return transfer_done_.get(); }

    /// From here to end(), a wake-up, and the time `until` if it is given, calls off what the thread does in the
    /// system.
    /// PRE: by its own thread. After begin(), it asks why() once more: a wake-up before begin() calls nothing off.
    void begin(const deadline* until) noexcept;
    /// Returns whether the transfer was called off (it may be done all the same).
    bool end() noexcept;

    /// Whether an end blocks in its transfers. Asked of the system once per end, as long as no other end is made.
    result<bool> is_synchronous(HANDLE end, std::string_view operation);
    /// Another end is there: a value that was known may be that of a new end. From any thread.
    static void forget_ends() noexcept;

private:
    thread_context() = default;
    static result<std::unique_ptr<thread_context>> make();
    static void CALLBACK on_timer(TP_CALLBACK_INSTANCE*, void* context, TP_TIMER*) noexcept;
    void keep_calling_off() noexcept;
    [[nodiscard]] bool is_due() const noexcept;
    void set_timer(deadline::clock::time_point at) noexcept;

    struct known_end {
        HANDLE handle = nullptr;
        std::uint64_t made_before = 0; // how many ends had been made when it was asked for
        bool synchronous = false;
    };

    std::unique_ptr<waker> waker_;
    unique_handle transfer_done_;
    unique_handle thread_;
    TP_TIMER* timer_ = nullptr;
    std::array<known_end, 8> known_; // by the value of the handle

    std::mutex mutex_;                // guards what follows
    bool woken_ = false;              // as the waker's event, to save calls
    bool inside_ = false;             // between begin() and end()
    bool called_off_ = false;         // since begin()
    const deadline* until_ = nullptr; // only between begin() and end()
    // When the timer comes, or earlier. It is left set after end(), and set again when it has come too early: a thread
    // that makes many short calls with deadlines sets it once in a while.
    deadline::clock::time_point timer_at_ = deadline::clock::time_point::max();
};

/// For the calls that wait; INFINITE for never. Rounded up, so that a wait does not end just before its time.
DWORD milliseconds_until(const deadline& until) noexcept;

} // namespace windpipe::platform

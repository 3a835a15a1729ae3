// thread_state.hpp - what the layer knows of a thread.
#pragma once

#include "windows.h"

#include <windpipe/handle.hpp>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace windpipe::win32 {

class blocked;
struct mutex_state;

/// A thread, shared by itself and the handles of it.
class thread_state {
public:
    thread_state();

    /// The thread's id, 0 before it runs.
    std::atomic<DWORD> id{0};
    std::atomic<DWORD> exit_code{STILL_ACTIVE};
    /// An eventfd that is readable from when the thread has ended on.
    unique_handle ended;
    /// How often it is to be resumed before it begins.
    std::atomic<DWORD> suspended{0};
    /// The mutexes that it owns, for which it will have been an unworthy owner if it ends.
    std::vector<std::shared_ptr<mutex_state>> owned;

    /// Ends the read or write that the thread waits in. *Returns*: false if there is none.
    bool interrupt(DWORD code) noexcept;
    void set_blocked(blocked* now) noexcept;
    [[nodiscard]] blocked* blocked_in() noexcept;

    /// Appends a call for the thread's next alertable wait. *Returns*: false if the thread has ended.
    bool queue(std::function<void()> call);
    /// Makes the calls that are queued. *Returns*: false if there were none.
    bool run_queued();
    /// An eventfd that is readable while calls are queued; -1 if it cannot be made.
    [[nodiscard]] int wake_descriptor() noexcept;

    /// For the thread itself, at its end.
    void end() noexcept;

private:
    std::mutex guard_;
    blocked* blocked_ = nullptr;
    std::deque<std::function<void()>> queued_;
    unique_handle wake_;
    bool has_ended_ = false;
};

/// The calling thread.
const std::shared_ptr<thread_state>& this_thread();
/// For a new thread, before anything else: this is its state.
void adopt_thread_state(std::shared_ptr<thread_state> state);

} // namespace windpipe::win32

#include "thread_state.hpp"

#include "descriptors.hpp"
#include "entry.hpp"
#include "mutex_state.hpp"

#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace windpipe::win32 {

thread_state::thread_state() : ended(park(unique_handle(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)))) {}

bool thread_state::interrupt(DWORD code) noexcept {
    const std::lock_guard lock(guard_);
    if (blocked_ == nullptr) {
        return false;
    }
    blocked_->interrupt(code);
    return true;
}

void thread_state::set_blocked(blocked* now) noexcept {
    const std::lock_guard lock(guard_);
    blocked_ = now;
}

bool thread_state::queue(std::function<void()> call) {
    const std::lock_guard lock(guard_);
    if (has_ended_) {
        return false;
    }
    queued_.push_back(std::move(call));
    if (wake_) {
        (void)::eventfd_write(wake_.get(), 1);
    }
    return true;
}

bool thread_state::run_queued() {
    bool any = false;
    while (true) {
        std::function<void()> next;
        {
            const std::lock_guard lock(guard_);
            if (queued_.empty()) {
                eventfd_t count = 0;
                if (any && wake_) {
                    (void)::eventfd_read(wake_.get(), &count);
                }
                return any;
            }
            next = std::move(queued_.front());
            queued_.pop_front();
        }
        any = true;
        next();
    }
}

int thread_state::wake_descriptor() noexcept {
    const std::lock_guard lock(guard_);
    if (!wake_) {
        wake_ = park(unique_handle(::eventfd(queued_.empty() ? 0 : 1, EFD_CLOEXEC | EFD_NONBLOCK)));
    }
    return wake_.get();
}

void thread_state::end() noexcept {
    for (const std::shared_ptr<mutex_state>& left : owned) {
        left->abandon();
    }
    owned.clear();
    {
        const std::lock_guard lock(guard_);
        has_ended_ = true;
        queued_.clear();
    }
    DWORD running = STILL_ACTIVE;
    exit_code.compare_exchange_strong(running, 0);
    (void)::eventfd_write(ended.get(), 1);
}

namespace {

/// A thread's hold on its own state, which ends with it.
struct own_state {
    std::shared_ptr<thread_state> state;
    ~own_state() {
        if (state != nullptr) {
            state->end();
        }
    }
};
thread_local own_state mine;

} // namespace

void adopt_thread_state(std::shared_ptr<thread_state> state) {
    mine.state = std::move(state);
    mine.state->id = static_cast<DWORD>(::syscall(SYS_gettid));
    mine.state->id.notify_all();
}

const std::shared_ptr<thread_state>& this_thread() {
    if (mine.state == nullptr) {
        adopt_thread_state(std::make_shared<thread_state>());
    }
    return mine.state;
}

} // namespace windpipe::win32

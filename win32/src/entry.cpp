#include "entry.hpp"

#include "descriptors.hpp"
#include "thread_state.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace windpipe::win32 {

entry::entry(kind what, unique_handle descriptor, ACCESS_MASK access) noexcept
    : descriptor_(std::move(descriptor)), number_(descriptor_.get()), what_(what), access_(access) {}

ACCESS_MASK entry::mapped(ACCESS_MASK generic) const noexcept {
    ACCESS_MASK access = generic & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);
    access |= (generic & GENERIC_READ) != 0 ? FILE_GENERIC_READ : 0;
    access |= (generic & GENERIC_WRITE) != 0 ? FILE_GENERIC_WRITE : 0;
    access |= (generic & GENERIC_EXECUTE) != 0 ? FILE_GENERIC_EXECUTE : 0;
    access |= (generic & GENERIC_ALL) != 0 ? FILE_ALL_ACCESS : 0;
    return access;
}

bool entry::is_signaled() noexcept {
    pollfd one{descriptor(), POLLIN, 0};
    return ::poll(&one, 1, 0) == 1;
}

std::size_t entry::interrupt(DWORD code, const OVERLAPPED* of) noexcept {
    const std::lock_guard lock(guard_);
    std::size_t count = 0;
    for (blocked* const call : waiting_) {
        if (of == nullptr || call->given() == of) {
            call->interrupt(code);
            ++count;
        }
    }
    return count;
}

void entry::end(DWORD code) noexcept {
    {
        const std::lock_guard lock(guard_);
        ended_by_ = code;
    }
    (void)interrupt(code);
}

bool entry::in_use() noexcept {
    const std::lock_guard lock(guard_);
    return !waiting_.empty();
}

namespace {

thread_local const OVERLAPPED* given_now = nullptr;

} // namespace

call_with::call_with(const OVERLAPPED* given) noexcept { given_now = given; }
call_with::~call_with() { given_now = nullptr; }

blocked::blocked(entry& on) : on_(on), given_(given_now) {
    {
        const std::lock_guard lock(on_.guard_);
        on_.waiting_.push_back(this);
        if (on_.ended_by_ != 0) {
            interrupt(on_.ended_by_);
        }
    }
    this_thread()->set_blocked(this);
}

blocked::~blocked() {
    this_thread()->set_blocked(nullptr);
    const std::lock_guard lock(on_.guard_);
    std::erase(on_.waiting_, this);
}

void blocked::interrupt(DWORD code) noexcept {
    DWORD none = 0;
    if (code_.compare_exchange_strong(none, code, std::memory_order_acq_rel)) {
        (void)source_.request_stop();
    }
}

short blocked::poll_for(int descriptor, short events, int milliseconds) {
    thread_local const unique_handle wake = park(unique_handle(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
    const std::stop_callback waker(token(), [fd = wake.get()] { (void)::eventfd_write(fd, 1); });
    pollfd watched[2] = {{descriptor, events, 0}, {wake.get(), POLLIN, 0}};
    const int found = ::poll(watched, 2, milliseconds);
    if (found > 0 && watched[1].revents != 0) {
        eventfd_t count = 0;
        (void)::eventfd_read(wake.get(), &count);
        return 0;
    }
    return found > 0 ? watched[0].revents : short{0};
}

} // namespace windpipe::win32

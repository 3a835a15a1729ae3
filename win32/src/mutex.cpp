#include "mutex.hpp"

#include "descriptors.hpp"
#include "last_error.hpp"
#include "named.hpp"
#include "table.hpp"
#include "thread_state.hpp"

#include <algorithm>
#include <sys/eventfd.h>

namespace windpipe::win32 {

bool mutex::is_signaled() noexcept { return state_->owner == GetCurrentThreadId() || entry::is_signaled(); }

taken mutex::try_take() noexcept {
    const DWORD self = GetCurrentThreadId();
    if (state_->owner == self) {
        ++state_->depth;
        return taken::yes;
    }
    eventfd_t free = 0;
    if (::eventfd_read(descriptor(), &free) != 0) {
        return taken::no;
    }
    state_->owner = self;
    state_->depth = 1;
    this_thread()->owned.push_back(state_);
    return state_->abandoned.exchange(false) ? taken::abandoned : taken::yes;
}

bool mutex::unlock() noexcept {
    if (state_->owner != GetCurrentThreadId()) {
        return false;
    }
    if (--state_->depth == 0) {
        std::erase(this_thread()->owned, state_);
        state_->owner = 0;
        (void)::eventfd_write(descriptor(), 1);
    }
    return true;
}

std::unique_ptr<entry> mutex::copy(unique_handle descriptor) const {
    return std::make_unique<mutex>(std::move(descriptor), access(), state_);
}

ACCESS_MASK mutex::mapped(ACCESS_MASK generic) const noexcept { return mapped_for_object(generic, MUTANT_ALL_ACCESS); }

std::shared_ptr<mutex_state> state_for(int free_event) {
    auto state = std::make_shared<mutex_state>();
    state->free_event = park(duplicate(free_event)).release();
    return state;
}

} // namespace windpipe::win32

using namespace windpipe::win32;
using windpipe::unique_handle;

extern "C" {

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCWSTR lpName) {
    return create_object(lpMutexAttributes, lpName, [&]() -> std::unique_ptr<entry> {
        unique_handle made(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
        if (!made) {
            return nullptr;
        }
        auto state = state_for(made.get());
        auto object = std::make_unique<mutex>(std::move(made), MUTANT_ALL_ACCESS, std::move(state));
        if (bInitialOwner != FALSE) {
            (void)object->try_take();
        }
        return object;
    });
}
HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCSTR lpName) {
    return CreateMutexW(lpMutexAttributes, bInitialOwner, lpName != nullptr ? L"" : nullptr);
}

BOOL WINAPI ReleaseMutex(HANDLE hMutex) {
    const use found(hMutex);
    mutex* const known = found.as<mutex>(kind::mutex);
    if (known == nullptr) {
        return fail(ERROR_INVALID_HANDLE);
    }
    return known->unlock() ? TRUE : fail(ERROR_NOT_OWNER);
}

} // extern "C"

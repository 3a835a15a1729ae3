#include "event.hpp"

#include "last_error.hpp"
#include "named.hpp"
#include "table.hpp"

#include <atomic>
#include <cerrno>
#include <sys/eventfd.h>
#include <unistd.h>

namespace windpipe::win32 {

void event::set() noexcept { (void)::eventfd_write(descriptor(), 1); }

void event::reset() noexcept {
    eventfd_t count = 0;
    (void)::eventfd_read(descriptor(), &count); // EAGAIN: it was not set
}

taken event::try_take() noexcept {
    if (manual_) {
        return is_signaled() ? taken::yes : taken::no;
    }
    eventfd_t count = 0;
    return ::eventfd_read(descriptor(), &count) == 0 ? taken::yes : taken::no;
}

void event::put_back() noexcept {
    if (!manual_) {
        set();
    }
}

std::unique_ptr<entry> event::copy(unique_handle descriptor) const {
    return std::make_unique<event>(std::move(descriptor), access(), manual_);
}

ACCESS_MASK event::mapped(ACCESS_MASK generic) const noexcept { return mapped_for_object(generic, EVENT_ALL_ACCESS); }

void tell(LPOVERLAPPED overlapped, DWORD count) noexcept {
    if (overlapped != nullptr) {
        overlapped->InternalHigh = count;
        std::atomic_ref(overlapped->Internal).store(NO_ERROR);
        const use found(overlapped->hEvent);
        if (event* const known = found.as<event>(kind::event)) {
            known->set();
        }
    }
}

void reset_event(HANDLE handle) noexcept {
    const use found(handle);
    if (event* const known = found.as<event>(kind::event)) {
        known->reset();
    }
}

} // namespace windpipe::win32

using namespace windpipe::win32;
using windpipe::unique_handle;

namespace {

BOOL change(HANDLE handle, void (event::*how)() noexcept) {
    const use found(handle);
    event* const known = found.as<event>(kind::event);
    if (known == nullptr) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if (!known->allows(EVENT_MODIFY_STATE)) {
        return fail(ERROR_ACCESS_DENIED);
    }
    (known->*how)();
    return TRUE;
}

} // namespace

extern "C" {

HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                           LPCWSTR lpName) {
    return create_object(lpEventAttributes, lpName, [&]() -> std::unique_ptr<entry> {
        unique_handle made(::eventfd(bInitialState != FALSE ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK));
        return made ? std::make_unique<event>(std::move(made), EVENT_ALL_ACCESS, bManualReset != FALSE) : nullptr;
    });
}

HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                           LPCSTR lpName) {
    return CreateEventW(lpEventAttributes, bManualReset, bInitialState, lpName != nullptr ? L"" : nullptr);
}

BOOL WINAPI SetEvent(HANDLE hEvent) { return change(hEvent, &event::set); }

BOOL WINAPI ResetEvent(HANDLE hEvent) { return change(hEvent, &event::reset); }

} // extern "C"

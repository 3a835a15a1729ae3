#include "last_error.hpp"
#include "table.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <new>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

constexpr DWORD known_flags = HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE;

bool is_pseudo(HANDLE handle) noexcept { return handle == GetCurrentProcess() || handle == GetCurrentThread(); }

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

BOOL WINAPI CloseHandle(HANDLE hObject) {
    if (is_pseudo(hObject)) {
        return TRUE;
    }
    const use found(hObject);
    if (!found || (found->flags & HANDLE_FLAG_PROTECT_FROM_CLOSE) != 0 || !windpipe::win32::remove(hObject)) {
        return fail(ERROR_INVALID_HANDLE);
    }
    return TRUE;
}

BOOL WINAPI GetHandleInformation(HANDLE hObject, LPDWORD lpdwFlags) {
    const use found(hObject);
    if (!found) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if (lpdwFlags == nullptr) {
        return fail(ERROR_NOACCESS);
    }
    *lpdwFlags = found->flags;
    return TRUE;
}

BOOL WINAPI SetHandleInformation(HANDLE hObject, DWORD dwMask, DWORD dwFlags) {
    if (is_pseudo(hObject)) {
        return fail(ERROR_ACCESS_DENIED);
    }
    const use found(hObject);
    if (!found) {
        return fail(ERROR_INVALID_HANDLE);
    }
    const DWORD mask = dwMask & known_flags;
    DWORD before = found->flags;
    while (!found->flags.compare_exchange_weak(before, (before & ~mask) | (dwFlags & mask))) {
    }
    return TRUE;
}

BOOL WINAPI CompareObjectHandles(HANDLE hFirstObjectHandle, HANDLE hSecondObjectHandle) {
    const use first(hFirstObjectHandle);
    const use second(hSecondObjectHandle);
    if (!first || !second) {
        return fail(ERROR_INVALID_HANDLE);
    }
    const auto self = static_cast<unsigned long>(::getpid());
    const bool same = first->what() == second->what() &&
                      ::syscall(SYS_kcmp, self, self, KCMP_FILE, static_cast<unsigned long>(first->descriptor()),
                                static_cast<unsigned long>(second->descriptor())) == 0;
    return same ? TRUE : fail(ERROR_NOT_SAME_OBJECT);
}

} // extern "C"

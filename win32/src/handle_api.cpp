#include "last_error.hpp"
#include "process.hpp"
#include "table.hpp"
#include "thread.hpp"

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

/// What is behind a handle, also behind a pseudo handle.
class meaning {
public:
    explicit meaning(HANDLE handle) : own_(own(handle)), used_(handle) {}
    [[nodiscard]] const entry* get() const noexcept { return own_ != nullptr ? own_.get() : used_ ? &*used_ : nullptr; }

private:
    static std::unique_ptr<entry> own(HANDLE handle) {
        return handle == GetCurrentProcess() ? own_process() : handle == GetCurrentThread() ? own_thread() : nullptr;
    }
    std::unique_ptr<entry> own_;
    use used_;
};

/// Two descriptors of one object have the same file: also those of processes, which share one for each.
bool is_same(const entry& first, const entry& second) noexcept {
    const auto self = static_cast<unsigned long>(::getpid());
    return first.what() == second.what() &&
           ::syscall(SYS_kcmp, self, self, KCMP_FILE, static_cast<unsigned long>(first.descriptor()),
                     static_cast<unsigned long>(second.descriptor())) == 0;
}

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
    try {
        const meaning first(hFirstObjectHandle);
        const meaning second(hSecondObjectHandle);
        if (first.get() == nullptr || second.get() == nullptr) {
            return fail(ERROR_INVALID_HANDLE);
        }
        return is_same(*first.get(), *second.get()) ? TRUE : fail(ERROR_NOT_SAME_OBJECT);
    } catch (const std::exception&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

} // extern "C"

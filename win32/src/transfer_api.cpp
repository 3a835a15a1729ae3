#include "event.hpp"
#include "file.hpp"
#include "last_error.hpp"
#include "named_pipe.hpp"
#include "pipe_end.hpp"
#include "table.hpp"

#include <atomic>
#include <fcntl.h>
#include <new>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

BOOL finish(const transfer_outcome& outcome, LPDWORD count, LPOVERLAPPED overlapped) noexcept {
    if (outcome.code != 0) {
        if (count != nullptr && overlapped == nullptr) {
            *count = outcome.count;
        }
        return fail(outcome.code);
    }
    if (count != nullptr) {
        *count = outcome.count;
    }
    if (overlapped != nullptr) {
        tell(overlapped, outcome.count);
    }
    return TRUE;
}

void begin(LPDWORD count, LPOVERLAPPED overlapped) noexcept {
    if (count != nullptr) {
        *count = 0;
    }
    if (overlapped != nullptr) {
        // Stays where the call fails, as on Windows: such a call has no result to be asked for.
        std::atomic_ref(overlapped->Internal).store(STATUS_PENDING);
        reset_event(overlapped->hEvent);
    }
}

transfer_outcome read_from(const use& from, void* into, DWORD count, const OVERLAPPED* at) {
    if (!from) {
        return {ERROR_INVALID_HANDLE, 0};
    }
    switch (from->what()) {
    case kind::read_end:
        return from->allows(FILE_READ_DATA) ? static_cast<read_end&>(*from).read(into, count)
                                            : transfer_outcome{ERROR_ACCESS_DENIED, 0};
    case kind::write_end:
        return {ERROR_ACCESS_DENIED, 0};
    case kind::file:
        return from->allows(FILE_READ_DATA) ? static_cast<file&>(*from).read(into, count, at)
                                            : transfer_outcome{ERROR_ACCESS_DENIED, 0};
    case kind::named_pipe:
        return from->allows(FILE_READ_DATA) ? static_cast<named_pipe&>(*from).read(into, count)
                                            : transfer_outcome{ERROR_ACCESS_DENIED, 0};
    default:
        return {ERROR_INVALID_HANDLE, 0};
    }
}

transfer_outcome write_to(const use& to, const void* bytes, DWORD count, const OVERLAPPED* at) {
    if (!to) {
        return {ERROR_INVALID_HANDLE, 0};
    }
    switch (to->what()) {
    case kind::write_end:
        return to->allows(FILE_WRITE_DATA) ? static_cast<write_end&>(*to).write(bytes, count)
                                           : transfer_outcome{ERROR_ACCESS_DENIED, 0};
    case kind::read_end:
        return {ERROR_ACCESS_DENIED, 0};
    case kind::file:
        return (to->access() & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0
                   ? static_cast<file&>(*to).write(bytes, count, at)
                   : transfer_outcome{ERROR_ACCESS_DENIED, 0};
    case kind::named_pipe:
        return to->allows(FILE_WRITE_DATA) ? static_cast<named_pipe&>(*to).write(bytes, count)
                                           : transfer_outcome{ERROR_ACCESS_DENIED, 0};
    default:
        return {ERROR_INVALID_HANDLE, 0};
    }
}

/// The whole call where one thread alone, and so nobody who could end it, makes it on a pipe, and the kernel does it at
/// once. *Returns*: neither code nor count where not.
transfer_outcome read_plainly(HANDLE handle, void* into, DWORD count) noexcept {
    entry* const from = is_alone() ? look_up(handle) : nullptr;
    return from != nullptr && from->what() == kind::read_end && from->allows(FILE_READ_DATA)
               ? static_cast<read_end*>(from)->read_plainly(into, count)
               : transfer_outcome{};
}

transfer_outcome write_plainly(HANDLE handle, const void* bytes, DWORD count) {
    entry* const to = is_alone() ? look_up(handle) : nullptr;
    return to != nullptr && to->what() == kind::write_end && to->allows(FILE_WRITE_DATA)
               ? static_cast<write_end*>(to)->write_plainly(bytes, count)
               : transfer_outcome{};
}

/// A call that needs memory where there is none fails as the system's own would.
template <class Call>
transfer_outcome guarded(const Call& call) noexcept {
    try {
        return call();
    } catch (const std::exception&) {
        return {ERROR_NOT_ENOUGH_MEMORY, 0};
    }
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                     LPOVERLAPPED lpOverlapped) {
    if (lpOverlapped == nullptr) {
        const auto done = read_plainly(hFile, lpBuffer, nNumberOfBytesToRead);
        if (done.is_any()) [[likely]] {
            return finish(done, lpNumberOfBytesRead, nullptr);
        }
    }
    begin(lpNumberOfBytesRead, lpOverlapped);
    const use from(hFile);
    const call_with scope(lpOverlapped);
    return finish(guarded([&] { return read_from(from, lpBuffer, nNumberOfBytesToRead, lpOverlapped); }),
                  lpNumberOfBytesRead, lpOverlapped);
}

BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite, LPDWORD lpNumberOfBytesWritten,
                      LPOVERLAPPED lpOverlapped) {
    if (lpOverlapped == nullptr) {
        const auto done = guarded([&] { return write_plainly(hFile, lpBuffer, nNumberOfBytesToWrite); });
        if (done.is_any()) [[likely]] {
            return finish(done, lpNumberOfBytesWritten, nullptr);
        }
    }
    begin(lpNumberOfBytesWritten, lpOverlapped);
    const use to(hFile);
    const call_with scope(lpOverlapped);
    return finish(guarded([&] { return write_to(to, lpBuffer, nNumberOfBytesToWrite, lpOverlapped); }),
                  lpNumberOfBytesWritten, lpOverlapped);
}

BOOL WINAPI FlushFileBuffers(HANDLE hFile) {
    const use found(hFile);
    if (!found) {
        return fail(ERROR_INVALID_HANDLE);
    }
    switch (found->what()) {
    case kind::read_end:
        return fail(ERROR_ACCESS_DENIED);
    case kind::write_end:
    case kind::named_pipe: {
        if (!found->allows(FILE_WRITE_DATA)) {
            return fail(ERROR_ACCESS_DENIED);
        }
        const auto flush = [&] {
            return found->what() == kind::write_end ? static_cast<write_end&>(*found).flush()
                                                    : static_cast<named_pipe&>(*found).flush();
        };
        const DWORD code = guarded([&] { return transfer_outcome{flush(), 0}; }).code;
        return code == 0 ? TRUE : fail(code);
    }
    case kind::file:
        if ((found->access() & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == 0) {
            return fail(ERROR_ACCESS_DENIED);
        }
        return ::fsync(found->descriptor()) == 0 || errno == EINVAL || errno == EROFS ? TRUE : fail_with_errno();
    default:
        return fail(ERROR_INVALID_HANDLE);
    }
}

DWORD WINAPI GetFileType(HANDLE hFile) {
    const use found(hFile);
    if (found &&
        (found->what() == kind::read_end || found->what() == kind::write_end || found->what() == kind::named_pipe)) {
        return FILE_TYPE_PIPE;
    }
    if (const file* const known = found.as<file>(kind::file)) {
        return known->type();
    }
    fail(ERROR_INVALID_HANDLE);
    return FILE_TYPE_UNKNOWN;
}

} // extern "C"

#include "event.hpp"
#include "last_error.hpp"
#include "table.hpp"
#include "thread.hpp"

using namespace windpipe::win32;

namespace {

bool is_for_transfers(const entry& one) {
    return one.what() == kind::read_end || one.what() == kind::write_end || one.what() == kind::file ||
           one.what() == kind::named_pipe;
}

using transfer = BOOL (*)(HANDLE file, void* bytes, DWORD count, DWORD* done, LPOVERLAPPED overlapped);

/// The handle is not asynchronous: the call waits, and then queues what is to be called.
BOOL transfer_and_queue(transfer call, HANDLE file, void* bytes, DWORD count, LPOVERLAPPED overlapped,
                        LPOVERLAPPED_COMPLETION_ROUTINE routine) {
    if (overlapped == nullptr || routine == nullptr) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    HANDLE const event = overlapped->hEvent; // documented: it is the program's own to use
    overlapped->hEvent = nullptr;
    DWORD done = 0;
    const BOOL outcome = call(file, bytes, count, &done, overlapped);
    overlapped->hEvent = event;
    if (outcome == FALSE) {
        return FALSE;
    }
    try {
        (void)this_thread()->queue([=] { routine(ERROR_SUCCESS, done, overlapped); });
    } catch (const std::bad_alloc&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    return TRUE;
}

} // namespace

extern "C" {

BOOL WINAPI CancelSynchronousIo(HANDLE hThread) {
    const auto state = thread_of(hThread);
    if (state == nullptr) {
        return fail(ERROR_INVALID_HANDLE);
    }
    return state->interrupt(ERROR_OPERATION_ABORTED) ? TRUE : fail(ERROR_NOT_FOUND);
}

BOOL WINAPI CancelIoEx(HANDLE hFile, LPOVERLAPPED lpOverlapped) {
    const use found(hFile);
    if (!found || !is_for_transfers(*found)) {
        return fail(ERROR_INVALID_HANDLE);
    }
    return found->interrupt(ERROR_OPERATION_ABORTED, lpOverlapped) != 0 ? TRUE : fail(ERROR_NOT_FOUND);
}

/// Of the calling thread alone, which cannot be waiting while it calls this.
BOOL WINAPI CancelIo(HANDLE hFile) {
    const use found(hFile);
    return found && is_for_transfers(*found) ? TRUE : fail(ERROR_INVALID_HANDLE);
}

BOOL WINAPI GetOverlappedResultEx(HANDLE hFile, LPOVERLAPPED lpOverlapped, LPDWORD lpNumberOfBytesTransferred,
                                  DWORD /*dwMilliseconds*/, BOOL /*bAlertable*/) {
    if (lpOverlapped == nullptr || lpNumberOfBytesTransferred == nullptr) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    if (lpOverlapped->Internal == STATUS_PENDING) { // else the handle is not looked at: it may be closed by now
        const use found(hFile);
        return fail(found ? ERROR_IO_INCOMPLETE : ERROR_INVALID_HANDLE);
    }
    *lpNumberOfBytesTransferred = static_cast<DWORD>(lpOverlapped->InternalHigh);
    return TRUE;
}

BOOL WINAPI GetOverlappedResult(HANDLE hFile, LPOVERLAPPED lpOverlapped, LPDWORD lpNumberOfBytesTransferred,
                                BOOL bWait) {
    return GetOverlappedResultEx(hFile, lpOverlapped, lpNumberOfBytesTransferred, bWait != FALSE ? INFINITE : 0, FALSE);
}

HANDLE WINAPI CreateIoCompletionPort(HANDLE FileHandle, HANDLE /*ExistingCompletionPort*/, ULONG_PTR /*CompletionKey*/,
                                     DWORD /*NumberOfConcurrentThreads*/) {
    const use found(FileHandle);
    if (FileHandle == INVALID_HANDLE_VALUE) {
        fail(ERROR_CALL_NOT_IMPLEMENTED);
    } else {
        // Nothing that can be opened here is asynchronous.
        fail(found && is_for_transfers(*found) ? ERROR_INVALID_PARAMETER : ERROR_INVALID_HANDLE);
    }
    return nullptr;
}

BOOL WINAPI ReadFileEx(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPOVERLAPPED lpOverlapped,
                       LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine) {
    return transfer_and_queue(ReadFile, hFile, lpBuffer, nNumberOfBytesToRead, lpOverlapped, lpCompletionRoutine);
}

BOOL WINAPI WriteFileEx(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite, LPOVERLAPPED lpOverlapped,
                        LPOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine) {
    constexpr transfer write = [](HANDLE file, void* bytes, DWORD count, DWORD* done, LPOVERLAPPED overlapped) {
        return WriteFile(file, bytes, count, done, overlapped);
    };
    return transfer_and_queue(write, hFile, const_cast<void*>(lpBuffer), nNumberOfBytesToWrite, lpOverlapped,
                              lpCompletionRoutine);
}

} // extern "C"

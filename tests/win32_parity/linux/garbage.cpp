// What faults on Windows, or is not known to fail there: the layer says that it is wrong.
#include "garbage.hpp"

#include <io.h>
#include <shellapi.h>
#include <strsafe.h>

#include <array>
#include <cerrno>

namespace parity {

namespace {

usual& u() { return usual::the(); }

/// A call of the C library fails with errno, and as errno is no last error of Windows, that is made of it.
bool fails_with_errno(int outcome, int code) {
    SetLastError(errno == code ? ERROR_INVALID_HANDLE : ERROR_GEN_FAILURE);
    return outcome == -1;
}
bool is_bad_descriptor(intptr_t outcome) { return fails_with_errno(static_cast<int>(outcome), EBADF); }
bool is_bad_pointer(int outcome) { return fails_with_errno(outcome, EINVAL); }
#define SELF GetCurrentProcess()
/// The values of handles as descriptors: none of them is that of a handle.
#define FD static_cast<int>(reinterpret_cast<intptr_t>(h)) | 0x40000000
constexpr unsigned any = no_kind - 1;

const std::array handles{
    CALL_WITH_HANDLE(any, FALSE, CompareObjectHandles, h, u().event),
    CALL_WITH_HANDLE(any, FALSE, CompareObjectHandles, u().event, h),
    CALL_WITH_HANDLE(0, nullptr, HeapAlloc, h, 0, 8),
    CALL_WITH_HANDLE(0, nullptr, HeapReAlloc, h, 0, u().bytes, 8),
    CALL_WITH_HANDLE(0, static_cast<SIZE_T>(-1), HeapSize, h, 0, u().bytes),
    CALL_WITH_HANDLE(0, FALSE, HeapFree, h, 0, u().bytes),
    handle_call{"_open_osfhandle", any,
                [](HANDLE h) { return is_bad_descriptor(_open_osfhandle(reinterpret_cast<intptr_t>(h), 0)); }},
    handle_call{"_get_osfhandle", 0, [](HANDLE h) { return is_bad_descriptor(_get_osfhandle(FD)); }},
    handle_call{"_read", 0, [](HANDLE h) { return is_bad_descriptor(_read(FD, u().bytes, 8)); }},
    handle_call{"_write", 0, [](HANDLE h) { return is_bad_descriptor(_write(FD, u().bytes, 8)); }},
    handle_call{"_close", 0, [](HANDLE h) { return is_bad_descriptor(_close(FD)); }},
    handle_call{"_dup", 0, [](HANDLE h) { return is_bad_descriptor(_dup(FD)); }},
    handle_call{"_setmode", 0, [](HANDLE h) { return is_bad_descriptor(_setmode(FD, 0)); }},
};

const std::array nulls{
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, CreatePipe, nullptr, &u().made, nullptr, 0),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, CreatePipe, &u().made, nullptr, nullptr, 0),
    CALLS_WITH_NULL(ERROR_INVALID_NAME, INVALID_HANDLE_VALUE, CreateNamedPipe, nullptr, PIPE_ACCESS_DUPLEX, 0, 1, 0, 0,
                    0, nullptr),
    CALLS_WITH_NULL(ERROR_INVALID_NAME, FALSE, WaitNamedPipe, nullptr, 0),
    CALLS_WITH_NULL(ERROR_INVALID_PARAMETER, 0U, GetTempFileName, nullptr, nullptr, 0, nullptr),
    CALLS_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, SetCurrentDirectory, nullptr),
    CALLS_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, SetEnvironmentVariable, nullptr, nullptr),
    CALLS_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, CreateProcess, nullptr, nullptr, nullptr, nullptr, FALSE, 0,
                    nullptr, nullptr, nullptr, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, InitializeProcThreadAttributeList, nullptr, 1, 0, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, UpdateProcThreadAttribute, nullptr, 0,
                   PROC_THREAD_ATTRIBUTE_HANDLE_LIST, &u().made, sizeof(HANDLE), nullptr, nullptr),
    null_call{"DeleteProcThreadAttributeList", untouched, [] { return DeleteProcThreadAttributeList(nullptr), true; }},
    null_call{"GetStartupInfoA", untouched, [] { return GetStartupInfoA(nullptr), true; }},
    null_call{"GetStartupInfoW", untouched, [] { return GetStartupInfoW(nullptr), true; }},
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, nullptr, CreateThread, nullptr, 0, nullptr, nullptr, 0, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, 0U, QueueUserAPC, nullptr, GetCurrentThread(), 0),
    CALL_WITH_NULL(ERROR_NOACCESS, FALSE, GetExitCodeProcess, SELF, nullptr),
    CALL_WITH_NULL(ERROR_NOACCESS, FALSE, GetExitCodeThread, GetCurrentThread(), nullptr),
    CALL_WITH_NULL(ERROR_NOACCESS, FALSE, GetHandleInformation, u().event, nullptr),
    CALL_WITH_NULL(ERROR_NOACCESS, FALSE, SetInformationJobObject, u().job, JobObjectExtendedLimitInformation, nullptr,
                   sizeof(JOBOBJECT_EXTENDED_LIMIT_INFORMATION)),
    CALL_WITH_NULL(ERROR_NOACCESS, FALSE, IsProcessInJob, u().process, u().job, nullptr),
    CALL_WITH_NULL(ERROR_NOACCESS, FALSE, QueryPerformanceCounter, nullptr),
    CALL_WITH_NULL(ERROR_NOACCESS, FALSE, QueryPerformanceFrequency, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, GetOverlappedResult, u().event, nullptr, &u().count, FALSE),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, GetOverlappedResultEx, u().event, &u().pending, nullptr, 0, FALSE),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, WriteFileEx, u().event, nullptr, 0, nullptr, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, WAIT_FAILED, WaitForMultipleObjects, 1, nullptr, FALSE, 0),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, WAIT_FAILED, WaitForMultipleObjectsEx, 1, nullptr, FALSE, 0, FALSE),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, WaitOnAddress, nullptr, &u().count, 4, 0),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, FALSE, WaitOnAddress, &u().count, nullptr, 4, 0),
    null_call{"WakeByAddressSingle", untouched, [] { return WakeByAddressSingle(nullptr), true; }},
    null_call{"WakeByAddressAll", untouched, [] { return WakeByAddressAll(nullptr), true; }},
    CALLS_WITH_NULL(ERROR_INVALID_PARAMETER, 0U, FormatMessage, FORMAT_MESSAGE_FROM_SYSTEM, nullptr, 5, 0, nullptr, 0,
                    nullptr),
    CALLS_WITH_NULL(ERROR_INVALID_PARAMETER, 0U, FormatMessage,
                    FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER, nullptr, 0, 0, nullptr, 0, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, nullptr, CommandLineToArgvW, nullptr, nullptr),
    CALL_WITH_NULL(ERROR_INVALID_ADDRESS, FALSE, FlushViewOfFile, nullptr, 0),
    CALL_WITH_NULL(ERROR_INVALID_PARAMETER, nullptr, HeapReAlloc, GetProcessHeap(), 0, nullptr, 8),
    CALL_WITH_NULL(untouched, static_cast<SIZE_T>(-1), HeapSize, GetProcessHeap(), 0, nullptr),
    CALLS_WITH_NULL(untouched, 0, lstrlen, nullptr),
    CALLS_WITH_NULL(untouched, nullptr, lstrcpy, nullptr, nullptr),
    CALLS_WITH_NULL(untouched, nullptr, lstrcat, nullptr, nullptr),
    CALLS_WITH_NULL(untouched, 0, wsprintf, nullptr, nullptr),
    CALLS_WITH_NULL(untouched, STRSAFE_E_INVALID_PARAMETER, StringCchPrintf, nullptr, 1, nullptr),
    CALLS_WITH_NULL(untouched, STRSAFE_E_INVALID_PARAMETER, StringCchCopy, nullptr, 1, nullptr),
    CALLS_WITH_NULL(untouched, STRSAFE_E_INVALID_PARAMETER, StringCchCat, nullptr, 1, nullptr),
    CALLS_WITH_NULL(untouched, STRSAFE_E_INVALID_PARAMETER, StringCchLength, nullptr, 1, nullptr),
    CALLS_WITH_NULL(untouched, IDOK, MessageBox, nullptr, nullptr, nullptr, MB_OK),
    null_call{"_pipe", ERROR_INVALID_HANDLE, [] { return is_bad_pointer(_pipe(nullptr, 0, 0)); }},
    null_call{"_fileno", ERROR_INVALID_HANDLE, [] { return is_bad_pointer(_fileno(nullptr)); }},
};

} // namespace

std::span<const handle_call> handle_calls_here() { return handles; }
std::span<const null_call> null_calls_here() { return nulls; }

} // namespace parity

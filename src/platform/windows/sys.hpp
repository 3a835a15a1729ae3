// sys.hpp - the Win32 calls of the Windows backend, each behind the fault gate, and errors taken on the line of the
// call.
//
// Not behind the gate: calls that cannot fail on a valid handle and after whose failure nothing could be done instead,
// such as setting an event, or calling off an operation whose memory is about to go.
#pragma once

#include "gate.hpp"

#include "platform/platform.hpp"

#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#if !defined(NOMINMAX)
#define NOMINMAX
#endif
#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include <psapi.h>

namespace windpipe::platform::sys {

// ---- errors

inline error failure_of(std::string_view operation, DWORD code, std::string context = {}) {
    return {{static_cast<int>(code), native_category()}, operation, std::move(context)};
}

/// The failure of the call just made. Evaluate nothing between the call and this.
inline std::unexpected<error> failed(std::string_view operation) {
    return std::unexpected(failure_of(operation, ::GetLastError()));
}
inline std::unexpected<error> failed(std::string_view operation, DWORD code, std::string context = {}) {
    return std::unexpected(failure_of(operation, code, std::move(context)));
}
/// A refusal of our own.
inline std::unexpected<error> refused(std::string_view operation, std::errc why, std::string context) {
    return std::unexpected(error{std::make_error_code(why), operation, std::move(context)});
}

// ---- calls

/// Whether the gate fails this call.
inline bool gated(std::string_view name) noexcept {
    const int code = fault(name);
    if (code != 0) {
        ::SetLastError(static_cast<DWORD>(code));
    }
    return code != 0;
}

/// One call, unless the gate fails it.
template <class R, class... P, class... A>
R call(std::string_view name, R failure, R(WINAPI* function)(P...), A... arguments) noexcept {
    return gated(name) ? failure : function(arguments...);
}

/// Some calls give NULL and some INVALID_HANDLE_VALUE for "none".
inline unique_handle owned(HANDLE handle) noexcept { return unique_handle(handle == nullptr ? no_handle : handle); }

// Handles of any kind
/// Nothing can be done when it fails, and the handle is never closed a second time: the gate only counts it.
inline void close_handle(HANDLE handle) noexcept {
    (void)gated("CloseHandle");
    ::CloseHandle(handle);
}
inline void* virtual_alloc(std::size_t size) noexcept {
    return gated("VirtualAlloc") ? nullptr : ::VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}
/// Memory without a file, of which no process can take anything away.
inline unique_handle create_section(std::uint64_t size) noexcept {
    return owned(call("CreateFileMappingW", HANDLE{}, ::CreateFileMappingW, INVALID_HANDLE_VALUE,
                      static_cast<SECURITY_ATTRIBUTES*>(nullptr), DWORD{PAGE_READWRITE},
                      static_cast<DWORD>(size >> 32U), static_cast<DWORD>(size), static_cast<const wchar_t*>(nullptr)));
}
/// where: null for anywhere; size 0: all of it.
inline void* map_view(HANDLE section, std::uint64_t offset, std::size_t size, void* where) noexcept {
    return call("MapViewOfFileEx", static_cast<void*>(nullptr), ::MapViewOfFileEx, section,
                DWORD{FILE_MAP_READ | FILE_MAP_WRITE}, static_cast<DWORD>(offset >> 32U), static_cast<DWORD>(offset),
                SIZE_T{size}, where);
}
inline SIZE_T query_memory(const void* where, MEMORY_BASIC_INFORMATION* about) noexcept {
    return call("VirtualQuery", SIZE_T{0}, ::VirtualQuery, where, about, SIZE_T{sizeof *about});
}
inline void* reserve_memory(std::size_t size) noexcept {
    return call("VirtualAlloc", static_cast<void*>(nullptr), ::VirtualAlloc, static_cast<void*>(nullptr), SIZE_T{size},
                DWORD{MEM_RESERVE}, DWORD{PAGE_NOACCESS});
}
inline unique_handle create_file(const wchar_t* path, DWORD access, DWORD share, DWORD disposition,
                                 SECURITY_ATTRIBUTES* security = nullptr) noexcept {
    return owned(call("CreateFileW", INVALID_HANDLE_VALUE, ::CreateFileW, path, access, share, security, disposition,
                      DWORD{FILE_ATTRIBUTE_NORMAL}, HANDLE{}));
}
/// access 0: that of `handle`.
inline unique_handle duplicate_handle(HANDLE handle, bool inheritable, DWORD access = 0) noexcept {
    HANDLE copy = nullptr;
    const HANDLE self = ::GetCurrentProcess();
    call("DuplicateHandle", FALSE, ::DuplicateHandle, self, handle, self, &copy, access, BOOL{inheritable},
         access == 0 ? DWORD{DUPLICATE_SAME_ACCESS} : DWORD{});
    return owned(copy);
}
inline BOOL get_handle_information(HANDLE handle, DWORD* flags) noexcept {
    return call("GetHandleInformation", FALSE, ::GetHandleInformation, handle, flags);
}
inline BOOL set_handle_information(HANDLE handle, DWORD mask, DWORD flags) noexcept {
    return call("SetHandleInformation", FALSE, ::SetHandleInformation, handle, mask, flags);
}
inline HANDLE get_std_handle(DWORD stream) noexcept {
    return call("GetStdHandle", INVALID_HANDLE_VALUE, ::GetStdHandle, stream);
}
inline BOOL set_std_handle(DWORD stream, HANDLE handle) noexcept {
    return call("SetStdHandle", FALSE, ::SetStdHandle, stream, handle);
}

// Pipes
inline BOOL create_pipe(HANDLE* reader, HANDLE* writer, DWORD size) noexcept {
    return call("CreatePipe", FALSE, ::CreatePipe, reader, writer, static_cast<SECURITY_ATTRIBUTES*>(nullptr), size);
}
inline unique_handle create_named_pipe(const wchar_t* name, DWORD open_mode, DWORD pipe_mode, DWORD size,
                                       SECURITY_ATTRIBUTES* security, DWORD instances = 1) noexcept {
    return owned(call("CreateNamedPipeW", INVALID_HANDLE_VALUE, ::CreateNamedPipeW, name, open_mode, pipe_mode,
                      instances, size, size, DWORD{0}, security));
}
/// Overlapped, for both directions. Its server learns who we are, but cannot act in our name.
inline unique_handle open_named_pipe(const wchar_t* name) noexcept {
    return owned(call("CreateFileW", INVALID_HANDLE_VALUE, ::CreateFileW, name, DWORD{GENERIC_READ | GENERIC_WRITE},
                      DWORD{0}, static_cast<SECURITY_ATTRIBUTES*>(nullptr), DWORD{OPEN_EXISTING},
                      DWORD{FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION}, HANDLE{}));
}
inline BOOL connect_named_pipe(HANDLE server, OVERLAPPED* operation) noexcept {
    return call("ConnectNamedPipe", FALSE, ::ConnectNamedPipe, server, operation);
}
inline BOOL get_client_id(HANDLE server, ULONG* id) noexcept {
    return call("GetNamedPipeClientProcessId", FALSE, ::GetNamedPipeClientProcessId, server, id);
}
inline BOOL get_server_id(HANDLE client, ULONG* id) noexcept {
    return call("GetNamedPipeServerProcessId", FALSE, ::GetNamedPipeServerProcessId, client, id);
}
inline BOOL get_named_pipe_mode(HANDLE handle, DWORD* mode) noexcept {
    return call("GetNamedPipeHandleStateW", FALSE, ::GetNamedPipeHandleStateW, handle, mode,
                static_cast<DWORD*>(nullptr), static_cast<DWORD*>(nullptr), static_cast<DWORD*>(nullptr),
                static_cast<wchar_t*>(nullptr), DWORD{0});
}
inline BOOL peek_named_pipe(HANDLE handle, void* into, DWORD size, DWORD* copied, DWORD* available) noexcept {
    return call("PeekNamedPipe", FALSE, ::PeekNamedPipe, handle, into, size, copied, available,
                static_cast<DWORD*>(nullptr));
}
inline BOOL read_file(HANDLE handle, void* into, DWORD size, OVERLAPPED* operation) noexcept {
    return call("ReadFile", FALSE, ::ReadFile, handle, into, size, static_cast<DWORD*>(nullptr), operation);
}
inline BOOL write_file(HANDLE handle, const void* from, DWORD size, OVERLAPPED* operation) noexcept {
    return call("WriteFile", FALSE, ::WriteFile, handle, from, size, static_cast<DWORD*>(nullptr), operation);
}

// Files opened for synchronous transfers, which have a position
inline DWORD get_file_type(HANDLE handle) noexcept {
    return call("GetFileType", DWORD{FILE_TYPE_UNKNOWN}, ::GetFileType, handle);
}
inline BOOL read_next(HANDLE handle, void* into, DWORD size, DWORD* done) noexcept {
    return call("ReadFile", FALSE, ::ReadFile, handle, into, size, done, static_cast<OVERLAPPED*>(nullptr));
}
inline BOOL write_next(HANDLE handle, const void* from, DWORD size, DWORD* done) noexcept {
    return call("WriteFile", FALSE, ::WriteFile, handle, from, size, done, static_cast<OVERLAPPED*>(nullptr));
}
inline BOOL move_position(HANDLE handle, LONGLONG by) noexcept {
    LARGE_INTEGER distance{};
    distance.QuadPart = by;
    return call("SetFilePointerEx", FALSE, ::SetFilePointerEx, handle, distance, static_cast<LARGE_INTEGER*>(nullptr),
                DWORD{FILE_CURRENT});
}

// What Win32 itself does not tell; see sys.cpp
/// Whether transfers on it block: it was opened without FILE_FLAG_OVERLAPPED.
BOOL query_synchronous(HANDLE handle, bool* synchronous) noexcept;
/// FILE_READ_DATA and others.
BOOL query_access(HANDLE handle, ACCESS_MASK* access) noexcept;

struct pipe_facts {
    ULONG type, configuration, most_instances, instances;
    ULONG inbound_quota, read_available, outbound_quota, write_quota_available;
    ULONG state, end;
};
BOOL query_pipe(HANDLE handle, pipe_facts* facts) noexcept;
/// The name of a pipe, empty where it has none that the system tells.
std::wstring pipe_name(HANDLE handle);

/// FILE_NAME_INFORMATION, with room for the name of a pipe.
struct file_name {
    ULONG bytes;
    wchar_t text[512];
};
BOOL query_name(HANDLE handle, file_name* name) noexcept;

/// SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX.
struct handle_entry {
    void* object;
    std::uintptr_t process, handle;
    ULONG access;
    USHORT trace, type;
    ULONG attributes, reserved;
};
/// The handles of all processes. Where `into` is too small for them, ERROR_BAD_LENGTH.
BOOL query_handles(std::span<std::byte> into, std::span<const handle_entry>* entries) noexcept;

inline unique_handle open_process(DWORD access, DWORD id) noexcept {
    return owned(call("OpenProcess", HANDLE{}, ::OpenProcess, access, FALSE, id));
}
inline BOOL get_image_name(HANDLE process, wchar_t* into, DWORD* size) noexcept {
    return call("QueryFullProcessImageNameW", FALSE, ::QueryFullProcessImageNameW, process, DWORD{0}, into, size);
}
/// A handle of another process, as one of ours.
inline unique_handle copy_from(HANDLE process, HANDLE handle) noexcept {
    HANDLE copy = nullptr;
    call("DuplicateHandle", FALSE, ::DuplicateHandle, process, handle, ::GetCurrentProcess(), &copy, DWORD{0}, FALSE,
         DWORD{DUPLICATE_SAME_ACCESS});
    return owned(copy);
}

// Who we are, and others
inline BOOL open_process_token(HANDLE process, HANDLE* token) noexcept {
    return call("OpenProcessToken", FALSE, ::OpenProcessToken, process, DWORD{TOKEN_QUERY}, token);
}
inline BOOL get_token_user(HANDLE token, void* into, DWORD size) noexcept {
    DWORD used = 0;
    return call("GetTokenInformation", FALSE, ::GetTokenInformation, token, TokenUser, into, size, &used);
}

/// Whether the process ends, so that its other threads are gone.
bool process_is_ending() noexcept;

/// From the system's generator for keys.
BOOL random_bytes(void* into, ULONG size) noexcept;

// Waiting
/// Reset by hand; not set.
enum class reset { by_hand, by_wait };
inline unique_handle create_mutex() noexcept {
    return owned(call("CreateMutexW", HANDLE{}, ::CreateMutexW, static_cast<SECURITY_ATTRIBUTES*>(nullptr), FALSE,
                      static_cast<const wchar_t*>(nullptr)));
}
inline unique_handle create_event(reset how = reset::by_hand) noexcept {
    const BOOL by_hand = how == reset::by_hand ? TRUE : FALSE;
    return owned(call("CreateEventW", HANDLE{}, ::CreateEventW, static_cast<SECURITY_ATTRIBUTES*>(nullptr), by_hand,
                      FALSE, static_cast<const wchar_t*>(nullptr)));
}
inline DWORD wait_for_one(HANDLE handle, DWORD milliseconds) noexcept {
    return call("WaitForSingleObject", DWORD{WAIT_FAILED}, ::WaitForSingleObject, handle, milliseconds);
}
inline DWORD wait_for_any(DWORD count, const HANDLE* handles, DWORD milliseconds) noexcept {
    return call("WaitForMultipleObjects", DWORD{WAIT_FAILED}, ::WaitForMultipleObjects, count, handles, FALSE,
                milliseconds);
}
inline BOOL cancel_synchronous_io(HANDLE thread) noexcept {
    return call("CancelSynchronousIo", FALSE, ::CancelSynchronousIo, thread);
}
inline TP_POOL* create_pool() noexcept {
    return call("CreateThreadpool", static_cast<TP_POOL*>(nullptr), ::CreateThreadpool, static_cast<void*>(nullptr));
}
inline BOOL set_pool_minimum(TP_POOL* pool, DWORD threads) noexcept {
    return call("SetThreadpoolThreadMinimum", FALSE, ::SetThreadpoolThreadMinimum, pool, threads);
}
inline TP_TIMER* create_timer(PTP_TIMER_CALLBACK callback, void* context, TP_CALLBACK_ENVIRON* where) noexcept {
    return call("CreateThreadpoolTimer", static_cast<TP_TIMER*>(nullptr), ::CreateThreadpoolTimer, callback, context,
                where);
}
inline TP_WAIT* create_wait(PTP_WAIT_CALLBACK callback, void* context) noexcept {
    return call("CreateThreadpoolWait", static_cast<TP_WAIT*>(nullptr), ::CreateThreadpoolWait, callback, context,
                static_cast<TP_CALLBACK_ENVIRON*>(nullptr));
}
inline BOOL submit_to_pool(PTP_SIMPLE_CALLBACK callback, void* context, TP_CALLBACK_ENVIRON* where) noexcept {
    return call("TrySubmitThreadpoolCallback", FALSE, ::TrySubmitThreadpoolCallback, callback, context, where);
}
inline unique_handle create_port() noexcept {
    return owned(call("CreateIoCompletionPort", HANDLE{}, ::CreateIoCompletionPort, INVALID_HANDLE_VALUE, HANDLE{},
                      ULONG_PTR{0}, DWORD{1}));
}
inline bool tie_to_port(HANDLE handle, HANDLE port) noexcept {
    return call("CreateIoCompletionPort", HANDLE{}, ::CreateIoCompletionPort, handle, port, ULONG_PTR{0}, DWORD{0}) !=
           nullptr;
}
inline BOOL next_packets(HANDLE port, OVERLAPPED_ENTRY* packets, ULONG most, ULONG* count,
                         DWORD milliseconds) noexcept {
    return call("GetQueuedCompletionStatusEx", FALSE, ::GetQueuedCompletionStatusEx, port, packets, most, count,
                milliseconds, FALSE);
}
inline DWORD fls_alloc(PFLS_CALLBACK_FUNCTION at_thread_end) noexcept {
    return call("FlsAlloc", DWORD{FLS_OUT_OF_INDEXES}, ::FlsAlloc, at_thread_end);
}
inline BOOL fls_set_value(DWORD index, void* value) noexcept {
    return call("FlsSetValue", FALSE, ::FlsSetValue, index, value);
}

// Processes
inline BOOL create_process(const wchar_t* program, wchar_t* command_line, DWORD flags, void* environment,
                           const wchar_t* directory, STARTUPINFOW* startup, PROCESS_INFORMATION* made) noexcept {
    return call("CreateProcessW", FALSE, ::CreateProcessW, program, command_line,
                static_cast<SECURITY_ATTRIBUTES*>(nullptr), static_cast<SECURITY_ATTRIBUTES*>(nullptr), TRUE, flags,
                environment, directory, startup, made);
}
inline BOOL initialize_attributes(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD count, SIZE_T* size) noexcept {
    return call("InitializeProcThreadAttributeList", FALSE, ::InitializeProcThreadAttributeList, list, count, DWORD{0},
                size);
}
inline BOOL update_attribute(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD_PTR which, void* value, SIZE_T size) noexcept {
    return call("UpdateProcThreadAttribute", FALSE, ::UpdateProcThreadAttribute, list, DWORD{0}, which, value, size,
                static_cast<void*>(nullptr), static_cast<SIZE_T*>(nullptr));
}
inline unique_handle create_job() noexcept {
    return owned(call("CreateJobObjectW", HANDLE{}, ::CreateJobObjectW, static_cast<SECURITY_ATTRIBUTES*>(nullptr),
                      static_cast<const wchar_t*>(nullptr)));
}
inline BOOL set_job_limits(HANDLE job, JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits) noexcept {
    return call("SetInformationJobObject", FALSE, ::SetInformationJobObject, job, JobObjectExtendedLimitInformation,
                &limits, static_cast<DWORD>(sizeof limits));
}
inline BOOL terminate_job(HANDLE job, UINT code) noexcept {
    return call("TerminateJobObject", FALSE, ::TerminateJobObject, job, code);
}
/// JOBOBJECT_BASIC_PROCESS_ID_LIST, with room for some. ERROR_MORE_DATA: there are more than that.
struct job_processes {
    DWORD assigned, listed;
    ULONG_PTR ids[64];
};
inline BOOL query_job(HANDLE job, job_processes* into) noexcept {
    return call("QueryInformationJobObject", FALSE, ::QueryInformationJobObject, job, JobObjectBasicProcessIdList,
                static_cast<void*>(into), static_cast<DWORD>(sizeof *into), static_cast<DWORD*>(nullptr));
}
inline BOOL is_in_job(HANDLE process, HANDLE job, BOOL* answer) noexcept {
    return call("IsProcessInJob", FALSE, ::IsProcessInJob, process, job, answer);
}
inline BOOL terminate_process(HANDLE process, UINT code) noexcept {
    return call("TerminateProcess", FALSE, ::TerminateProcess, process, code);
}
inline BOOL send_console_event(DWORD event, DWORD group) noexcept {
    return call("GenerateConsoleCtrlEvent", FALSE, ::GenerateConsoleCtrlEvent, event, group);
}
inline BOOL get_exit_code(HANDLE process, DWORD* code) noexcept {
    return call("GetExitCodeProcess", FALSE, ::GetExitCodeProcess, process, code);
}
inline BOOL get_process_times(HANDLE process, FILETIME* started, FILETIME* ended, FILETIME* kernel,
                              FILETIME* user) noexcept {
    return call("GetProcessTimes", FALSE, ::GetProcessTimes, process, started, ended, kernel, user);
}

inline BOOL get_process_memory(HANDLE process, PROCESS_MEMORY_COUNTERS* counters) noexcept {
    return call("K32GetProcessMemoryInfo", FALSE, ::K32GetProcessMemoryInfo, process, counters,
                static_cast<DWORD>(sizeof *counters));
}

// Names
inline DWORD get_file_attributes(const wchar_t* path) noexcept {
    return call("GetFileAttributesW", DWORD{INVALID_FILE_ATTRIBUTES}, ::GetFileAttributesW, path);
}
inline BOOL set_environment_variable(const wchar_t* name, const wchar_t* value) noexcept {
    return call("SetEnvironmentVariableW", FALSE, ::SetEnvironmentVariableW, name, value);
}
inline DWORD get_full_path(const wchar_t* path, DWORD size, wchar_t* into) noexcept {
    return call("GetFullPathNameW", DWORD{0}, ::GetFullPathNameW, path, size, into, static_cast<wchar_t**>(nullptr));
}

} // namespace windpipe::platform::sys

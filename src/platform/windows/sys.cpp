#include "sys.hpp"

#include <ntsecapi.h> // RtlGenRandom

namespace windpipe::platform::sys {

namespace {

/// IO_STATUS_BLOCK.
struct io_status {
    std::uintptr_t status;
    std::uintptr_t information;
};

/// A function of ntdll.dll. These are exported on every Windows NT; import libraries for them are not everywhere.
template <class Function>
Function* from_ntdll(const char* name) noexcept {
    const HMODULE library = ::GetModuleHandleW(L"ntdll.dll"); // always loaded
    return reinterpret_cast<Function*>(reinterpret_cast<void*>(::GetProcAddress(library, name)));
}

BOOL succeeded(LONG status) noexcept {
    static auto* const to_win32 = from_ntdll<ULONG WINAPI(LONG)>("RtlNtStatusToDosError");
    if (status < 0) {
        ::SetLastError(to_win32(status));
        return FALSE;
    }
    return TRUE;
}

BOOL query_file(HANDLE handle, void* into, ULONG size, int what) noexcept {
    using function = LONG WINAPI(HANDLE, io_status*, void*, ULONG, int);
    static auto* const query = from_ntdll<function>("NtQueryInformationFile");
    io_status status{};
    return gated("NtQueryInformationFile") ? FALSE : succeeded(query(handle, &status, into, size, what));
}

} // namespace

// Source: FileModeInformation, FileNameInformation and FilePipeLocalInformation of FILE_INFORMATION_CLASS in wdm.h and
// ntifs.h, documented with NtQueryInformationFile.
BOOL query_synchronous(HANDLE handle, bool* synchronous) noexcept {
    constexpr ULONG alertable_or_not = 0x30; // FILE_SYNCHRONOUS_IO_ALERT, FILE_SYNCHRONOUS_IO_NONALERT
    ULONG mode = 0;
    const BOOL known = query_file(handle, &mode, sizeof mode, 16);
    *synchronous = (mode & alertable_or_not) != 0;
    return known;
}

BOOL query_pipe(HANDLE handle, pipe_facts* facts) noexcept { return query_file(handle, facts, sizeof *facts, 24); }
BOOL query_name(HANDLE handle, file_name* name) noexcept { return query_file(handle, name, sizeof *name, 9); }

// Source: SystemExtendedHandleInformation of SYSTEM_INFORMATION_CLASS, undocumented, but used by every tool that lists
// handles. Its entries begin behind their count and a reserved word.
BOOL query_handles(std::span<std::byte> into, std::span<const handle_entry>* entries) noexcept {
    using function = LONG WINAPI(int, void*, ULONG, ULONG*);
    static auto* const query = from_ntdll<function>("NtQuerySystemInformation");
    if (gated("NtQuerySystemInformation") ||
        !succeeded(query(64, into.data(), static_cast<ULONG>(into.size()), nullptr))) {
        return FALSE;
    }
    const auto* const words = reinterpret_cast<const std::uintptr_t*>(into.data());
    *entries = {reinterpret_cast<const handle_entry*>(words + 2), words[0]};
    return TRUE;
}

// Not behind the gate: that it fails means that there is no name. Source: FileNameInformation.
std::wstring pipe_name(HANDLE handle) {
    struct {
        ULONG bytes;
        WCHAR text[512];
    } name{};
    using function = LONG WINAPI(HANDLE, io_status*, void*, ULONG, int);
    static auto* const query = from_ntdll<function>("NtQueryInformationFile");
    io_status status{};
    const bool known = query(handle, &status, &name, sizeof name, 9) >= 0 && name.bytes <= sizeof name.text;
    return known ? std::wstring(name.text, name.bytes / sizeof(WCHAR)) : std::wstring();
}

// Source: RtlDllShutdownInProgress, documented under "Developer Notes".
bool process_is_ending() noexcept {
    static auto* const ending = from_ntdll<BOOLEAN WINAPI()>("RtlDllShutdownInProgress");
    return ending() != 0;
}

// Source: NtQueryObject with ObjectBasicInformation, documented with winternl.h.
BOOL query_access(HANDLE handle, ACCESS_MASK* access) noexcept {
    struct {
        ULONG attributes;
        ACCESS_MASK granted;
        ULONG others[12];
    } facts{};
    static_assert(sizeof facts == 56);
    using function = LONG WINAPI(HANDLE, int, void*, ULONG, ULONG*);
    static auto* const query = from_ntdll<function>("NtQueryObject");
    if (gated("NtQueryObject")) {
        return FALSE;
    }
    const BOOL done = succeeded(query(handle, 0, &facts, sizeof facts, nullptr));
    *access = facts.granted;
    return done;
}

BOOL random_bytes(void* into, ULONG size) noexcept { return gated("RtlGenRandom") ? FALSE : RtlGenRandom(into, size); }

} // namespace windpipe::platform::sys

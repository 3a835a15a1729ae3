// accounts.cpp - the handles of this process by kind, its threads and children, as the system tells them.
#include "support/accounts.hpp"

#include "origin_of_thread.hpp"

#include <windows.h>

#include <tlhelp32.h>
#include <winternl.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace windpipe_test {

namespace {

constexpr auto object_type_information = static_cast<OBJECT_INFORMATION_CLASS>(2);

/// "File", "Process", "Event" and the like; empty for a value that is no handle.
std::string kind_of(HANDLE handle) {
    DWORD flags = 0;
    if (GetHandleInformation(handle, &flags) == 0) {
        return {};
    }
    alignas(UNICODE_STRING) std::array<std::byte, 1024> space{};
    ULONG size = 0;
    if (NtQueryObject(handle, object_type_information, space.data(), static_cast<ULONG>(space.size()), &size) < 0) {
        return "unknown";
    }
    const auto* name = reinterpret_cast<const UNICODE_STRING*>(space.data());
    std::string kind;
    for (std::size_t index = 0; index < name->Length / sizeof(WCHAR); ++index) {
        kind.push_back(static_cast<char>(name->Buffer[index])); // these names are ASCII
    }
    return kind;
}

/// Calls `visit(handle, kind)` for each open handle.
template <class Visit>
void each_handle(Visit visit) {
    DWORD left = 0;
    GetProcessHandleCount(GetCurrentProcess(), &left);
    // Values are small multiples of 4 and reused; the bound only keeps a wrong count from searching for ever.
    for (std::uintptr_t value = 4; left > 0 && value < 0x100000; value += 4) {
        auto* const handle = reinterpret_cast<HANDLE>(value);
        const std::string kind = kind_of(handle);
        if (!kind.empty()) {
            visit(handle, kind);
            --left;
        }
    }
}

/// How many entries of a system snapshot `matches` accepts.
template <class Entry, class Matches>
std::size_t count_in_snapshot(DWORD what, BOOL(WINAPI* first)(HANDLE, Entry*), BOOL(WINAPI* next)(HANDLE, Entry*),
                              Matches matches) {
    const HANDLE snapshot = CreateToolhelp32Snapshot(what, 0);
    Entry entry{};
    entry.dwSize = sizeof(entry);
    std::size_t count = 0;
    for (BOOL more = first(snapshot, &entry); more != 0; more = next(snapshot, &entry)) {
        count += matches(entry) ? 1U : 0U;
    }
    CloseHandle(snapshot);
    return count;
}

} // namespace

std::vector<std::string> open_handles() {
    std::vector<std::string> handles;
    each_handle([&](HANDLE handle, const std::string& kind) {
        handles.push_back(std::to_string(reinterpret_cast<std::uintptr_t>(handle)) + " " + kind);
    });
    return handles;
}

std::size_t threads() {
    return count_in_snapshot<THREADENTRY32>(TH32CS_SNAPTHREAD, Thread32First, Thread32Next, [](const auto& entry) {
        return entry.th32OwnerProcessID == GetCurrentProcessId() &&
               // The system's thread pool makes threads, and ends them when it sees fit.
               detail::origin_of_thread(entry.th32ThreadID) != "ntdll.dll";
    });
}

std::size_t children() {
    return count_in_snapshot<PROCESSENTRY32W>(
        TH32CS_SNAPPROCESS, Process32FirstW, Process32NextW,
        [](const auto& entry) { return entry.th32ParentProcessID == GetCurrentProcessId(); });
}

std::size_t zombies() { return 0; }

bool allow_open_handles(std::size_t /*count*/) { return true; }

namespace detail {

std::map<std::string, std::size_t> count_handles() {
    std::map<std::string, std::size_t> counts;
    each_handle([&](HANDLE /*handle*/, const std::string& kind) { ++counts[kind]; });
    return counts;
}

std::size_t tolerated(const std::string& kind) noexcept {
    constexpr std::array<std::string_view, 5> exact{"File", "Process", "Job", "Thread", "Section"};
    // Events, semaphores and the like are made by the locks of the C++ runtime at their first contention, and by the
    // system's thread pool, and kept.
    return std::ranges::find(exact, kind) != exact.end() ? 0 : 8;
}

} // namespace detail

} // namespace windpipe_test

// watchdog.cpp - the end of children, and what the system tells of threads: in which module they began.
#include "support/watchdog.hpp"

#include "origin_of_thread.hpp"

#include <windows.h>

#include <tlhelp32.h>

namespace windpipe_test::detail {

std::chrono::seconds usual_time() noexcept { return std::chrono::seconds(240); }

std::string describe_threads() {
    const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    std::string lines;
    THREADENTRY32 entry{};
    entry.dwSize = sizeof(entry);
    for (BOOL more = Thread32First(snapshot, &entry); more != 0; more = Thread32Next(snapshot, &entry)) {
        if (entry.th32OwnerProcessID == GetCurrentProcessId()) {
            lines.append("  thread ").append(std::to_string(entry.th32ThreadID)).append(" began in ");
            lines.append(origin_of_thread(entry.th32ThreadID)).append("\n");
        }
    }
    CloseHandle(snapshot);
    return lines;
}

void kill_children() noexcept {
    const HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    PROCESSENTRY32W entry{};
    entry.dwSize = sizeof(entry);
    for (BOOL more = Process32FirstW(snapshot, &entry); more != 0; more = Process32NextW(snapshot, &entry)) {
        if (entry.th32ParentProcessID == GetCurrentProcessId()) {
            const HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, entry.th32ProcessID);
            TerminateProcess(process, 9);
            CloseHandle(process);
        }
    }
    CloseHandle(snapshot);
}

} // namespace windpipe_test::detail

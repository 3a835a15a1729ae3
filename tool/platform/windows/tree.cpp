#include "tree.hpp"

#include <windows.h>

namespace windpipe_tool::tree {

void hold() {}

void tell(asked /*what*/) {}

void kill() {}

bool lives() { return false; }

void reap(std::span<const std::uint32_t> /*stages*/) {}

std::uint64_t bytes_moved(std::span<const std::uint32_t> stages) {
    std::uint64_t sum = 0;
    for (const std::uint32_t pid : stages) {
        // The library holds the process until it is reaped, so that its id is nobody else's.
        if (const HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid); process != nullptr) {
            IO_COUNTERS counted = {};
            if (GetProcessIoCounters(process, &counted) != 0) {
                sum += counted.ReadTransferCount + counted.WriteTransferCount + counted.OtherTransferCount;
            }
            CloseHandle(process);
        }
    }
    return sum;
}

} // namespace windpipe_tool::tree

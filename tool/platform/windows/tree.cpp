#include "tree.hpp"

#include <windows.h>

namespace windpipe_tool::tree {

namespace {

/// Nothing where the process may not be asked, or Windows counts nothing, as Wine does: even to start is some I/O.
std::optional<IO_COUNTERS> counters_of(std::uint32_t pid) {
    // The library holds the process until it is reaped, so that its id is nobody else's.
    const HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (process == nullptr) {
        return std::nullopt;
    }
    IO_COUNTERS counted = {};
    const bool told = GetProcessIoCounters(process, &counted) != 0;
    CloseHandle(process);
    const auto calls = counted.ReadOperationCount + counted.WriteOperationCount + counted.OtherOperationCount;
    return told && calls != 0 ? std::optional(counted) : std::nullopt;
}

} // namespace

void hold() {}

void tell(asked /*what*/, std::span<const std::uint32_t> /*stages*/) {}

void kill() {}

bool lives() { return false; }

void reap(std::span<const std::uint32_t> /*stages*/) {}

std::optional<std::uint64_t> bytes_moved(std::span<const std::uint32_t> stages) {
    std::uint64_t sum = 0;
    for (const std::uint32_t pid : stages) {
        const auto counted = counters_of(pid);
        if (!counted) {
            return std::nullopt;
        }
        sum += counted->ReadTransferCount + counted->WriteTransferCount + counted->OtherTransferCount;
    }
    return sum;
}

std::optional<io_counters> io_of(std::uint32_t stage) {
    const auto counted = counters_of(stage);
    return counted ? std::optional<io_counters>({counted->ReadTransferCount, counted->WriteTransferCount})
                   : std::nullopt;
}

} // namespace windpipe_tool::tree

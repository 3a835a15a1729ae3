// What a worker asks of Windows for itself: pinning, memory, its start and its report.
#include "worker/windows/start.hpp"

#include "worker/job.hpp"

#include <cstdio>
#include <cstring>
#include <exception>

namespace bench {

namespace {

using win32::fail;

struct {
    HANDLE start = nullptr;
    HANDLE report = nullptr;
    HANDLE in = nullptr;
    HANDLE out = nullptr;
} ends;

/// An inherited handle, from now on this process' own.
HANDLE inherited(const parameters& given, const char* name) {
    if (!given.has(name)) {
        return nullptr;
    }
    const HANDLE value = reinterpret_cast<HANDLE>(static_cast<std::uintptr_t>(given.number(name, 0)));
    if (!SetHandleInformation(value, HANDLE_FLAG_INHERIT, 0)) {
        fail(name);
    }
    return value;
}

/// Memory of the given size, every page of it touched.
void fill_memory(std::size_t mebibytes) {
    const std::size_t size = mebibytes << 20U;
    void* const memory = VirtualAlloc(nullptr, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (memory == nullptr) {
        fail("VirtualAlloc of the big heap");
    }
    std::memset(memory, 1, size);
}

} // namespace

usage usage_now() {
    // The job is the harness's: this process and all it started. How long a thread was ready and had no processor is
    // not told by Windows.
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION used{};
    usage now;
    if (QueryInformationJobObject(nullptr, JobObjectBasicAccountingInformation, &used, sizeof used, nullptr)) {
        now.cpu_ns = (used.TotalUserTime.QuadPart + used.TotalKernelTime.QuadPart) * 100;
    }
    return now;
}

void prepare_process(const parameters& given) {
    ends = {inherited(given, "start"), inherited(given, "report"), inherited(given, "in"), inherited(given, "out")};
    if (given.has("cpu") && !SetProcessAffinityMask(GetCurrentProcess(), DWORD_PTR{1} << given.number("cpu", 0))) {
        fail("SetProcessAffinityMask");
    }
    // The setting "descriptors" means nothing here: there is no such limit.
    for (std::uint64_t left = given.number("open", 0); left > 0; --left) {
        if (CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0, nullptr) ==
            INVALID_HANDLE_VALUE) {
            fail("open of NUL");
        }
    }
    if (given.has("heap_mib")) {
        fill_memory(given.number("heap_mib", 0));
    }
}

pipe_end data_in() { return ends.in; }

pipe_end data_out() { return ends.out; }

void await_start() {
    char order = 0;
    win32::write_all(ends.report, "ready\n", 6);
    if (win32::read_some(ends.start, {&order, 1}) != 1) {
        fail("no order to start");
    }
}

void send_report(const nlohmann::json& report) {
    const std::string line = report.dump() + "\n";
    try {
        win32::write_all(ends.report, line.data(), line.size());
    } catch (const std::exception& cause) {
        std::fprintf(stderr, "report: %s\n", cause.what());
    }
}

std::uint64_t this_process() { return GetCurrentProcessId(); }

void kill_process(std::uint64_t number) {
    const HANDLE process = OpenProcess(PROCESS_TERMINATE, FALSE, static_cast<DWORD>(number));
    if (process == nullptr || !TerminateProcess(process, 1)) {
        fail("TerminateProcess");
    }
    CloseHandle(process);
}

void ignore_broken_pipes() {}

void wait_forever() {
    while (true) {
        Sleep(INFINITE);
    }
}

} // namespace bench

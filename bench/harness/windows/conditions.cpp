#include "harness/conditions.hpp"

#include <windows.h>

namespace bench {

namespace {

double seconds(const FILETIME& time) {
    ULARGE_INTEGER ticks;
    ticks.LowPart = time.dwLowDateTime;
    ticks.HighPart = time.dwHighDateTime;
    return static_cast<double>(ticks.QuadPart) * 1e-7;
}

/// A job with this process and all it will start: the accounts of those that have ended are kept there.
HANDLE job_of_all() {
    static const HANDLE job = [] {
        const HANDLE made = CreateJobObjectW(nullptr, nullptr);
        AssignProcessToJobObject(made, GetCurrentProcess());
        return made;
    }();
    return job;
}

} // namespace

// Those of one processor group: at most 64.
std::vector<int> usable_cpus() {
    DWORD_PTR ours = 0;
    DWORD_PTR all = 0;
    GetProcessAffinityMask(GetCurrentProcess(), &ours, &all);
    std::vector<int> found;
    for (int cpu = 0; ours >> static_cast<unsigned>(cpu) != 0; ++cpu) {
        if ((ours >> static_cast<unsigned>(cpu) & 1U) != 0) {
            found.push_back(cpu);
        }
        if (cpu == 63) {
            break;
        }
    }
    return found;
}

void run_on(const std::vector<int>& cpus) {
    DWORD_PTR mask = 0;
    for (const int cpu : cpus) {
        mask |= DWORD_PTR{1} << static_cast<unsigned>(cpu);
    }
    SetThreadAffinityMask(GetCurrentThread(), mask);
}

void warm_memory(std::uint64_t bytes) {
    constexpr std::size_t page = 4096;
    if (bytes == 0) {
        return;
    }
    void* const memory = VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (memory != nullptr) {
        for (std::uint64_t at = 0; at < bytes; at += page) {
            static_cast<volatile char*>(memory)[at] = 1;
        }
        VirtualFree(memory, 0, MEM_RELEASE);
    }
}

// What the host of a virtual machine takes is not told.
load load_now() {
    load now;
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION ours{};
    if (QueryInformationJobObject(job_of_all(), JobObjectBasicAccountingInformation, &ours, sizeof ours, nullptr)) {
        now.own = static_cast<double>(ours.TotalUserTime.QuadPart + ours.TotalKernelTime.QuadPart) * 1e-7;
    }
    FILETIME idle{};
    FILETIME kernel{}; // idle time is part of it
    FILETIME user{};
    if (GetSystemTimes(&idle, &kernel, &user)) {
        now.busy = seconds(kernel) - seconds(idle) + seconds(user);
    }
    return now;
}

bool limits_descriptors() { return false; }

double load_resolution_seconds() { return 1.0 / 64; } // the clock's usual tick

} // namespace bench

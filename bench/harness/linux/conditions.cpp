#include "harness/conditions.hpp"

#include <array>
#include <cstdio>

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

std::vector<int> usable_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof(set), &set);
    std::vector<int> found;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) {
            found.push_back(cpu);
        }
    }
    return found;
}

void run_on(const std::vector<int>& cpus) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int cpu : cpus) {
        CPU_SET(static_cast<std::size_t>(cpu), &set);
    }
    sched_setaffinity(0, sizeof(set), &set);
}

void warm_memory(std::uint64_t bytes) {
    constexpr std::size_t page = 4096;
    if (bytes == 0) {
        return;
    }
    const pid_t child = fork(); // a process of its own: what it used is free again, and warm, when it has gone
    if (child == 0) {
        void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory != MAP_FAILED) {
            madvise(memory, bytes, MADV_HUGEPAGE);
            for (std::uint64_t at = 0; at < bytes; at += page) {
                static_cast<volatile char*>(memory)[at] = 1;
            }
        }
        _exit(0);
    }
    if (child > 0) {
        waitpid(child, nullptr, 0);
    }
}

load load_now() {
    load now;
    // proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal, in clock ticks; guest time is part of user.
    if (std::FILE* file = std::fopen("/proc/stat", "re")) {
        std::array<double, 8> ticks{};
        if (std::fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &ticks[0], &ticks[1], &ticks[2], &ticks[3],
                        &ticks[4], &ticks[5], &ticks[6], &ticks[7]) == 8) {
            now.busy = (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * load_resolution_seconds();
            now.stolen = ticks[7] * load_resolution_seconds();
        }
        std::fclose(file);
    }
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used{};
        getrusage(who, &used);
        for (const timeval& time : {used.ru_utime, used.ru_stime}) {
            now.own += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
        }
    }
    return now;
}

bool limits_descriptors() { return true; }

double load_resolution_seconds() { return 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK)); }

} // namespace bench

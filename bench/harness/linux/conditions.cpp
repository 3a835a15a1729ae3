#include "harness/conditions.hpp"

#include "worker/traffic.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench {

namespace {

void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    sched_setaffinity(0, sizeof(set), &set);
}

/// Runs on one processor for a while.
class pinned_here {
public:
    explicit pinned_here(int cpu) {
        sched_getaffinity(0, sizeof(before_), &before_);
        pin(cpu);
    }
    ~pinned_here() { sched_setaffinity(0, sizeof(before_), &before_); }
    pinned_here(const pinned_here&) = delete;
    pinned_here& operator=(const pinned_here&) = delete;

private:
    cpu_set_t before_{};
};

double median(std::vector<double>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

} // namespace

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

std::optional<cpu_pair> choose_cpus() {
    const std::vector<int> all = usable_cpus();
    return all.size() < 2 ? std::nullopt : std::optional(cpu_pair{all[0], all[1]});
}

double bounce_ns(cpu_pair cpus) {
    constexpr int blocks = 60;
    constexpr unsigned bounces = 100;
    constexpr unsigned stop = ~0U;
    alignas(128) std::atomic<unsigned> turn{0};
    std::jthread other([&] {
        pin(cpus.second);
        for (unsigned expected = 1;;) {
            const unsigned seen = turn.load(std::memory_order_acquire);
            if (seen == stop) {
                return;
            }
            if (seen == expected) {
                turn.store(expected + 1, std::memory_order_release);
                expected += 2;
            }
        }
    });
    const pinned_here here(cpus.first);
    std::vector<double> each;
    unsigned next = 1;
    for (int block = 0; block < blocks; ++block) {
        const std::int64_t begin = now_ns();
        for (unsigned bounce = 0; bounce < bounces; ++bounce, next += 2) {
            turn.store(next, std::memory_order_release);
            while (turn.load(std::memory_order_acquire) == next) {
            }
        }
        each.push_back(static_cast<double>(now_ns() - begin) / bounces);
    }
    turn.store(stop, std::memory_order_release);
    return median(each);
}

double wake_up_us(cpu_pair cpus) {
    constexpr int trips = 40;
    std::array<int, 2> there{};
    std::array<int, 2> back{};
    if (pipe2(there.data(), O_CLOEXEC) != 0 || pipe2(back.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe for the wake-up probe");
    }
    std::vector<double> each;
    {
        std::jthread other([&] {
            pin(cpus.second);
            for (char byte = 0; read(there[0], &byte, 1) == 1;) {
                if (write(back[1], &byte, 1) != 1) {
                    return;
                }
            }
        });
        const pinned_here here(cpus.first);
        for (int trip = 0; trip < trips; ++trip) {
            char byte = 0;
            const std::int64_t begin = now_ns();
            if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) {
                break;
            }
            each.push_back(static_cast<double>(now_ns() - begin) / 2000.0);
        }
        close(there[1]);
    }
    close(there[0]);
    close(back[0]);
    close(back[1]);
    return each.empty() ? 0 : median(each);
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

double load_resolution_seconds() { return 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK)); }

} // namespace bench

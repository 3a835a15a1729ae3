// What a worker asks of Linux for itself: pinning, limits, memory, its start and its report.
#include "worker/job.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

std::int64_t nanoseconds(const timeval& time) { return (time.tv_sec * 1'000'000LL + time.tv_usec) * 1000; }

/// Memory of the given size, every 4 KiB page of it touched: what fork would have to copy the tables of.
void fill_memory(std::size_t mebibytes) {
    const std::size_t size = mebibytes << 20;
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        fail("mmap of the big heap");
    }
    // Huge pages would make the tables 512 times smaller; a heap that grew bit by bit has small ones.
    madvise(memory, size, MADV_NOHUGEPAGE);
    std::memset(memory, 1, size);
}

void limit_descriptors(std::uint64_t most) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        fail("getrlimit");
    }
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < most) {
        limit.rlim_max = most;
    }
    limit.rlim_cur = most;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        fail("setrlimit of the number of descriptors");
    }
}

/// Becomes a user whom nobody else is, and opens pipes until no further one may grow: the quota of pipe(7), in pages,
/// is one for all pipes of a user. Those opened afterwards still have their 64 KiB.
void spend_pipe_quota() {
    unsigned long pages = 0;
    if (std::FILE* file = std::fopen("/proc/sys/fs/pipe-user-pages-soft", "re")) {
        (void)std::fscanf(file, "%lu", &pages);
        std::fclose(file);
    }
    constexpr unsigned long pages_of_a_pipe = 16;
    constexpr unsigned long left_for_the_work = 8;
    const unsigned long pipes = pages / pages_of_a_pipe;
    if (pipes <= left_for_the_work) {
        throw std::runtime_error("this system has no quota for pipes");
    }
    limit_descriptors(2 * pipes + 100);
    const auto user = static_cast<uid_t>(60'000 + getpid() % 5'000);
    if (setgid(user) != 0 || setuid(user) != 0) {
        fail("become another user");
    }
    for (unsigned long i = left_for_the_work; i < pipes; ++i) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) { // kept until the worker ends
            fail("open pipes to spend the quota");
        }
    }
}

} // namespace

usage usage_now() {
    usage now;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used{};
        getrusage(who, &used);
        now.cpu_ns += nanoseconds(used.ru_utime) + nanoseconds(used.ru_stime);
    }
    // proc_pid_schedstat: time on a processor, time waiting for one, in nanoseconds.
    if (std::FILE* file = std::fopen("/proc/self/schedstat", "re")) {
        long long ran = 0;
        long long waited = 0;
        if (std::fscanf(file, "%lld %lld", &ran, &waited) == 2) {
            now.waited_ns = waited;
        }
        std::fclose(file);
    }
    return now;
}

void prepare_process(const parameters& given) {
    if (given.has("cpu")) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(given.number("cpu", 0), &set);
        if (sched_setaffinity(0, sizeof(set), &set) != 0) {
            fail("sched_setaffinity");
        }
    }
    if (given.has("descriptors")) {
        limit_descriptors(given.number("descriptors", 0));
    }
    for (std::uint64_t left = given.number("open", 0); left > 0; --left) {
        if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0) {
            fail("open of /dev/null");
        }
    }
    if (given.has("spent_quota")) {
        spend_pipe_quota();
    }
    if (given.has("heap_mib")) {
        fill_memory(given.number("heap_mib", 0));
    }
    for (const int control : {start_descriptor, report_descriptor}) {
        if (fcntl(control, F_SETFD, FD_CLOEXEC) != 0) {
            fail("the worker needs its control descriptors");
        }
    }
}

pipe_end data_in() { return data_in_descriptor; }

pipe_end data_out() { return data_out_descriptor; }

void await_start() {
    char order = 0;
    if (write(report_descriptor, "ready\n", 6) != 6 || read(start_descriptor, &order, 1) != 1) {
        fail("no order to start");
    }
}

void send_report(const nlohmann::json& report) {
    const std::string line = report.dump() + "\n";
    // A report is far below PIPE_BUF: one write takes all of it.
    if (write(report_descriptor, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
        std::perror("report");
    }
}

std::uint64_t this_process() { return static_cast<std::uint64_t>(getpid()); }

void kill_process(std::uint64_t number) {
    if (kill(static_cast<pid_t>(number), SIGKILL) != 0) {
        fail("kill");
    }
}

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

void wait_forever() {
    while (true) {
        pause();
    }
}

} // namespace bench

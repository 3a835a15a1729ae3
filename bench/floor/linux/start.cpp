#include "floor/linux/start.hpp"

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench::floor {

void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

raw_arguments::raw_arguments(const arguments& words) {
    for (const std::string& word : words) {
        pointers_.push_back(const_cast<char*>(word.c_str()));
    }
    pointers_.push_back(nullptr);
}

raw_pipe::raw_pipe(int capacity) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fail("pipe2");
    }
    reader = ends[0];
    writer = ends[1];
    if (capacity > 0) {
        fcntl(writer, F_SETPIPE_SZ, capacity); // refused above the user's quota: the default is used then
    }
}

namespace {

void connect_and_run(char* const* argv, int in, int out) {
    if ((in < 0 || dup2(in, STDIN_FILENO) >= 0) && (out < 0 || dup2(out, STDOUT_FILENO) >= 0)) {
        execv(argv[0], argv);
    }
    _exit(127);
}

struct clone_plan {
    char* const* argv;
    int in;
    int out;
    sigset_t mask;
};

int cloned(void* argument) {
    const auto* plan = static_cast<const clone_plan*>(argument);
    // What a careful library does as well: nothing but the standard streams survives, and signals are as before.
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    sigprocmask(SIG_SETMASK, &plan->mask, nullptr);
    connect_and_run(plan->argv, plan->in, plan->out);
    return 0;
}

} // namespace

started by_vfork(char* const* argv, int in, int out) {
    // The deprecation is about portability; this file is the floor of Linux.
    const pid_t pid = vfork(); // NOLINT(clang-analyzer-security.insecureAPI.vfork)
    if (pid == 0) {
        connect_and_run(argv, in, out);
    }
    if (pid < 0) {
        fail("vfork");
    }
    return {pid, -1};
}

started by_clone(char* const* argv, int in, int out) {
    constexpr std::size_t stack_size = 64 * 1024;
    static void* const stack =
        mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) {
        fail("mmap of a stack");
    }
    clone_plan plan{argv, in, out, {}};
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &plan.mask);
    int pidfd = -1;
    const int pid = clone(cloned, static_cast<char*>(stack) + stack_size,
                          CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &plan, &pidfd);
    const int cause = errno;
    sigprocmask(SIG_SETMASK, &plan.mask, nullptr);
    if (pid < 0) {
        errno = cause;
        fail("clone");
    }
    return {pid, pidfd};
}

started by_posix_spawn(char* const* argv, int in, int out) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (in >= 0) {
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    }
    if (out >= 0) {
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    }
    pid_t pid = -1;
    errno = posix_spawn(&pid, argv[0], &actions, nullptr, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (errno != 0) {
        fail("posix_spawn");
    }
    return {pid, -1};
}

started by_fork(char* const* argv, int in, int out) {
    const pid_t pid = fork();
    if (pid == 0) {
        connect_and_run(argv, in, out);
    }
    if (pid < 0) {
        fail("fork");
    }
    return {pid, -1};
}

void reap(started child) {
    siginfo_t how{};
    const bool by_descriptor = child.pidfd >= 0;
    const auto who = static_cast<id_t>(by_descriptor ? child.pidfd : child.pid);
    while (waitid(by_descriptor ? P_PIDFD : P_PID, who, &how, WEXITED) != 0) {
        if (errno != EINTR) {
            fail("waitid");
        }
    }
    if (by_descriptor) {
        close(child.pidfd);
    }
    if (how.si_code != CLD_EXITED || how.si_status != 0) {
        throw std::runtime_error("the child failed with " + std::to_string(how.si_status));
    }
}

} // namespace bench::floor

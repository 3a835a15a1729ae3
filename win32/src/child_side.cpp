#include "child_side.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

// The child never returns from these functions, and it shares our memory: instrumentation that keeps a stack of calls
// would grow with every child.
#define WINDPIPE_CHILD_SIDE __attribute__((no_sanitize("address", "thread", "undefined"), noinline))

namespace windpipe::win32 {

namespace {

// ---- CHILD-SIDE

constexpr std::size_t kernel_sigset_size = 8;
constexpr int last_signal = 64;

/// sigaction as the kernel takes it. Source: arch/x86/include/uapi/asm/signal.h.
struct kernel_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    std::uint64_t mask;
};

/// By number: sanitizers keep books about what goes through libc, in our memory.
template <class... Arguments>
WINDPIPE_CHILD_SIDE long call(long number, Arguments... arguments) {
    long outcome = -1;
    do {
        outcome = ::syscall(number, arguments...);
    } while (outcome == -1 && errno == EINTR);
    return outcome;
}

[[noreturn]] WINDPIPE_CHILD_SIDE void give_up(child_orders& orders, bool in_directory = false) {
    orders.failed_code = errno;
    orders.failed_in_directory = in_directory;
    while (true) {
        ::syscall(SYS_exit_group, 127);
    }
}

/// The streams are set aside first: any of them may stand where another one belongs.
WINDPIPE_CHILD_SIDE bool place_streams(const child_orders& orders) {
    std::array<int, 3> aside{};
    constexpr int above = 3;
    for (std::size_t i = 0; i < aside.size(); ++i) {
        aside[i] = static_cast<int>(call(SYS_fcntl, orders.streams[i], F_DUPFD_CLOEXEC, above));
        if (aside[i] == -1) {
            return false;
        }
    }
    for (std::size_t i = 0; i < aside.size(); ++i) {
        if (call(SYS_dup3, aside[i], static_cast<int>(i), 0) == -1) {
            return false;
        }
    }
    constexpr unsigned close_on_exec = 1U << 2U; // CLOSE_RANGE_CLOEXEC
    if (call(SYS_close_range, static_cast<unsigned>(above), ~0U, close_on_exec) != 0) {
        return false;
    }
    for (std::size_t i = 0; i < orders.kept_count; ++i) {
        if (call(SYS_fcntl, orders.kept[i], F_SETFD, 0) == -1) {
            return false;
        }
    }
    return true;
}

/// No handler of ours may run in the child.
WINDPIPE_CHILD_SIDE void reset_signals() {
    const kernel_sigaction by_default{SIG_DFL, 0, nullptr, 0};
    for (int signal = 1; signal <= last_signal; ++signal) {
        kernel_sigaction now{};
        if (call(SYS_rt_sigaction, signal, nullptr, &now, kernel_sigset_size) == 0 && now.handler != SIG_DFL &&
            (now.handler != SIG_IGN || signal == SIGPIPE)) {
            (void)call(SYS_rt_sigaction, signal, &by_default, nullptr, kernel_sigset_size);
        }
    }
    const std::uint64_t none = 0;
    (void)call(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, kernel_sigset_size);
}

[[noreturn]] WINDPIPE_CHILD_SIDE void child_main(child_orders& orders) {
    if (orders.own_id != nullptr) {
        *orders.own_id = static_cast<std::int32_t>(call(SYS_getpid));
    }
    if (orders.own_group) {
        (void)call(SYS_setpgid, 0, 0);
    }
    if (orders.starter != -1) {
        char byte = 0;
        (void)call(SYS_read, orders.starter, &byte, 1UL);
    }
    if (!place_streams(orders)) {
        give_up(orders);
    }
    if (orders.directory != nullptr && call(SYS_chdir, orders.directory) != 0) {
        give_up(orders, true);
    }
    reset_signals();
    (void)call(SYS_execve, orders.program, orders.arguments, orders.environment);
    give_up(orders);
}

// ---- our side again

/// clone(2) with our own stack, as vfork(2) does: in line, because a function that has returned in the child has no
/// frame left to return from in the parent.
[[gnu::always_inline]] inline long clone_here(unsigned long flags, int* pidfd) {
#if defined(__x86_64__)
    long outcome = SYS_clone;
    register long fourth asm("r10") = 0;
    register long fifth asm("r8") = 0;
    asm volatile("syscall"
                 : "+a"(outcome)
                 : "D"(flags), "S"(0L), "d"(pidfd), "r"(fourth), "r"(fifth)
                 : "rcx", "r11", "memory");
    return outcome;
#elif defined(__aarch64__)
    register long number asm("x8") = SYS_clone;
    register long outcome asm("x0") = static_cast<long>(flags);
    register long stack asm("x1") = 0;
    register int* third asm("x2") = pidfd;
    register long fourth asm("x3") = 0;
    register long fifth asm("x4") = 0;
    asm volatile("svc 0" : "+r"(outcome) : "r"(number), "r"(stack), "r"(third), "r"(fourth), "r"(fifth) : "memory");
    return outcome;
#else
#error "the Win32 layer starts programs on x86-64 and AArch64"
#endif
}

WINDPIPE_CHILD_SIDE long clone_child(child_orders& orders, unsigned long flags, int* pidfd) {
    const long outcome = clone_here(flags, pidfd);
    if (outcome == 0) {
        child_main(orders);
    }
    return outcome;
}

} // namespace

pid_t start_child(child_orders& orders, int& pidfd) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const unsigned long sharing = orders.starter == -1 ? CLONE_VM | CLONE_VFORK : 0;
    const long outcome = clone_child(orders, sharing | CLONE_PIDFD | SIGCHLD, &pidfd);
    (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (outcome < 0) {
        errno = static_cast<int>(-outcome);
        return -1;
    }
    return static_cast<pid_t>(outcome);
}

} // namespace windpipe::win32

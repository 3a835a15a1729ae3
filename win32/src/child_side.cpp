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

constexpr int above = 3; // the first number that is no standard stream's

/// Those of a child that gets ours are in their places.
WINDPIPE_CHILD_SIDE bool are_in_place(const child_orders& orders) {
    return orders.streams[0] == 0 && orders.streams[1] == 1 && orders.streams[2] == 2;
}

/// The streams are set aside first: any of them may stand where another one belongs.
WINDPIPE_CHILD_SIDE bool move_streams(const child_orders& orders) {
    std::array<int, 3> aside{};
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
    return true;
}

WINDPIPE_CHILD_SIDE bool place_streams(const child_orders& orders) {
    for (int i = 0; are_in_place(orders) && i < above; ++i) {
        if (call(SYS_fcntl, i, F_SETFD, 0) == -1) {
            return false;
        }
    }
    if (!are_in_place(orders) && !move_streams(orders)) {
        return false;
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

/// No handler of ours may run in the child, and it gets SIGPIPE as it is by default. `cleared`: no handler is left.
WINDPIPE_CHILD_SIDE void reset_signals(bool cleared) {
    const kernel_sigaction by_default{SIG_DFL, 0, nullptr, 0};
    if (cleared) {
        (void)call(SYS_rt_sigaction, SIGPIPE, &by_default, nullptr, kernel_sigset_size);
    }
    for (int signal = 1; !cleared && signal <= last_signal; ++signal) {
        kernel_sigaction now{};
        if (call(SYS_rt_sigaction, signal, nullptr, &now, kernel_sigset_size) == 0 && now.handler != SIG_DFL &&
            (now.handler != SIG_IGN || signal == SIGPIPE)) {
            (void)call(SYS_rt_sigaction, signal, &by_default, nullptr, kernel_sigset_size);
        }
    }
    const std::uint64_t none = 0;
    (void)call(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, kernel_sigset_size);
}

[[noreturn]] WINDPIPE_CHILD_SIDE void child_main(child_orders& orders, bool cleared) {
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
    reset_signals(cleared);
    (void)call(SYS_execve, orders.program, orders.arguments, orders.environment);
    give_up(orders);
}

// ---- our side again

/// clone(2) and clone3(2) with our own stack, as vfork(2) does: in line, because a function that has returned in the
/// child has no frame left to return from in the parent.
[[gnu::always_inline]] inline long clone_here(long call, unsigned long first, unsigned long second, int* pidfd) {
#if defined(__x86_64__)
    long outcome = call;
    register long fourth asm("r10") = 0;
    register long fifth asm("r8") = 0;
    asm volatile("syscall"
                 : "+a"(outcome)
                 : "D"(first), "S"(second), "d"(pidfd), "r"(fourth), "r"(fifth)
                 : "rcx", "r11", "memory");
    return outcome;
#elif defined(__aarch64__)
    register long number asm("x8") = call;
    register long outcome asm("x0") = static_cast<long>(first);
    register long stack asm("x1") = static_cast<long>(second);
    register int* third asm("x2") = pidfd;
    register long fourth asm("x3") = 0;
    register long fifth asm("x4") = 0;
    asm volatile("svc 0" : "+r"(outcome) : "r"(number), "r"(stack), "r"(third), "r"(fourth), "r"(fifth) : "memory");
    return outcome;
#else
#error "the Win32 layer starts programs on x86-64 and AArch64"
#endif
}

/// Source: clone(2), struct clone_args, its first version.
struct clone_arguments {
    std::uint64_t flags;
    std::uint64_t pidfd;
    std::uint64_t child_tid;
    std::uint64_t parent_tid;
    std::uint64_t exit_signal;
    std::uint64_t stack;
    std::uint64_t stack_size;
    std::uint64_t tls;
};

/// The kernel drops all handlers (CLONE_CLEAR_SIGHAND, Linux 5.5), which takes the child 64 calls.
WINDPIPE_CHILD_SIDE long clone_cleared(child_orders& orders, unsigned long flags, int* pidfd) {
    constexpr std::uint64_t clear_handlers = 0x1'0000'0000;
    const clone_arguments given{.flags = flags | clear_handlers,
                                .pidfd = reinterpret_cast<std::uintptr_t>(pidfd),
                                .child_tid = 0,
                                .parent_tid = 0,
                                .exit_signal = SIGCHLD,
                                .stack = 0,
                                .stack_size = 0,
                                .tls = 0};
    constexpr long clone3 = 435; // on every architecture
    const long outcome = clone_here(clone3, reinterpret_cast<std::uintptr_t>(&given), sizeof(given), nullptr);
    if (outcome == 0) {
        child_main(orders, true);
    }
    return outcome;
}

WINDPIPE_CHILD_SIDE long clone_child(child_orders& orders, unsigned long flags, int* pidfd) {
    const long outcome = clone_here(SYS_clone, flags | SIGCHLD, 0, pidfd);
    if (outcome == 0) {
        child_main(orders, false);
    }
    return outcome;
}

/// Old kernels, and what runs containers, refuse clone3(2) by one of these.
bool is_refusal(long outcome) { return outcome == -ENOSYS || outcome == -EINVAL || outcome == -EPERM; }

} // namespace

pid_t start_child(child_orders& orders, int& pidfd) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const unsigned long sharing = orders.starter == -1 ? CLONE_VM | CLONE_VFORK : 0;
    long outcome = clone_cleared(orders, sharing | CLONE_PIDFD, &pidfd);
    if (is_refusal(outcome)) {
        outcome = clone_child(orders, sharing | CLONE_PIDFD, &pidfd);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (outcome < 0) {
        errno = static_cast<int>(-outcome);
        return -1;
    }
    return static_cast<pid_t>(outcome);
}

} // namespace windpipe::win32

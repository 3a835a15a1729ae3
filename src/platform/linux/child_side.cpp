#include "child_side.hpp"

#include "sys.hpp"

#include <atomic>
#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>

// The child never returns from these functions, and it shares our memory: instrumentation that keeps a stack of calls
// would grow with every child.
#define WINDPIPE_CHILD_SIDE __attribute__((no_sanitize("address", "thread", "undefined")))

namespace windpipe::platform {

namespace {

// ---- CHILD-SIDE

/// sigaction as the kernel takes it. Source: rt_sigaction in kernel/signal.c, arch/x86/include/uapi/asm/signal.h.
struct kernel_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    std::uint64_t mask;
};
constexpr std::size_t kernel_sigset_size = 8;
constexpr int last_signal = 64;

[[noreturn]] WINDPIPE_CHILD_SIDE void give_up(child_orders& orders, child_step step) {
    orders.failed_code = errno;
    orders.failed_step = step;
    while (true) {
        ::syscall(SYS_exit_group, 127);
    }
}

/// A system call of the child. By number: sanitizers keep books about what goes through libc, in our memory, and the
/// child's descriptors are not ours. Again when interrupted, as the calls of this side.
template <class... Arguments>
WINDPIPE_CHILD_SIDE long child_call(std::string_view name, long number, Arguments... arguments) {
    long outcome = 0;
    do {
        const int code = fault(name);
        errno = code;
        outcome = code != 0 ? -1 : ::syscall(number, arguments...);
    } while (outcome == -1 && errno == EINTR);
    return outcome;
}

WINDPIPE_CHILD_SIDE int set_action(int signal, const kernel_sigaction* action, kernel_sigaction* old) {
    return static_cast<int>(child_call("rt_sigaction", SYS_rt_sigaction, signal, action, old, kernel_sigset_size));
}

/// No handler of ours may run in the child: SIGPIPE gets its default action back even if we ignore it.
WINDPIPE_CHILD_SIDE bool reset_signals(bool handlers_cleared) {
    constexpr kernel_sigaction by_default{SIG_DFL, 0, nullptr, 0};
    if (!handlers_cleared) {
        for (int signal = 1; signal <= last_signal; ++signal) {
            kernel_sigaction now{};
            if (set_action(signal, nullptr, &now) == 0 && now.handler != SIG_DFL && now.handler != SIG_IGN) {
                if (set_action(signal, &by_default, nullptr) != 0) {
                    return false;
                }
            }
        }
    }
    constexpr std::uint64_t none = 0;
    return set_action(SIGPIPE, &by_default, nullptr) == 0 &&
           child_call("rt_sigprocmask", SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, kernel_sigset_size) == 0;
}

WINDPIPE_CHILD_SIDE bool place_descriptors(const child_orders& orders) {
    for (std::size_t i = 0; i < orders.aside_count; ++i) {
        descriptor_moves::move& move = orders.aside[i];
        move.to = static_cast<int>(child_call("fcntl", SYS_fcntl, move.from, F_DUPFD_CLOEXEC, orders.place_count));
        if (move.to == -1) {
            return false;
        }
    }
    for (std::size_t i = 0; i < orders.place_count; ++i) {
        const descriptor_moves::move& move = orders.place[i];
        const int from = move.from >= 0 ? move.from : orders.aside[-1 - move.from].to;
        const long placed = from == move.to ? child_call("fcntl", SYS_fcntl, from, F_SETFD, 0)
                                            : child_call("dup3", SYS_dup3, from, move.to, 0);
        if (placed == -1) {
            return false;
        }
    }
    // Whatever else is open, by whomever: gone at exec.
    constexpr unsigned close_on_exec = 1U << 2U; // CLOSE_RANGE_CLOEXEC
    return child_call("close_range", SYS_close_range, orders.place_count, ~0U, close_on_exec) == 0;
}

/// The parent may have died before the signal was ordered; then nobody would send it any more.
WINDPIPE_CHILD_SIDE bool die_with(pid_t parent) {
    return child_call("prctl", SYS_prctl, PR_SET_PDEATHSIG, SIGKILL) == 0 &&
           ::syscall(SYS_getppid) == static_cast<long>(parent);
}

WINDPIPE_CHILD_SIDE int child_main(void* argument) {
    child_orders& orders = *static_cast<child_orders*>(argument);
    if (orders.parent != 0 && !die_with(orders.parent)) {
        give_up(orders, child_step::parent);
    }
    // Not to be in it is no failure: our side makes do with the group.
    orders.in_control_group =
        orders.in_control_group ||
        (orders.control_group_list != -1 && child_call("write", SYS_write, orders.control_group_list, "0", 1) == 1);
    if (orders.own_group && child_call("setpgid", SYS_setpgid, 0, 0) != 0) {
        give_up(orders, child_step::group);
    }
    if (!place_descriptors(orders)) {
        give_up(orders, child_step::descriptors);
    }
    if (orders.directory != nullptr && child_call("chdir", SYS_chdir, orders.directory) != 0) {
        give_up(orders, child_step::directory);
    }
    if (!reset_signals(orders.handlers_cleared)) {
        give_up(orders, child_step::signals);
    }
    (void)child_call("execve", SYS_execve, orders.program, orders.arguments, orders.environment);
    give_up(orders, child_step::exec);
}

// ---- our side again

/// A stack for the child, with a guard page below. Two are kept, for the next spawns of two threads at once.
class child_stack {
public:
    child_stack() {
        for (std::atomic<void*>& place : kept) {
            base_ = base_ != nullptr ? base_ : place.exchange(nullptr, std::memory_order_acquire);
        }
        if (base_ == nullptr) {
            void* const made = sys::mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK);
            if (made == MAP_FAILED) {
                return;
            }
            if (sys::once("mprotect", [&] { return ::mprotect(made, guard, PROT_NONE); }) != 0) {
                (void)::munmap(made, size);
                return;
            }
            base_ = made;
        }
    }
    ~child_stack() {
        for (std::atomic<void*>& place : kept) {
            base_ = base_ != nullptr ? place.exchange(base_, std::memory_order_acq_rel) : nullptr;
        }
        if (base_ != nullptr) {
            (void)::munmap(base_, size);
        }
    }
    child_stack(const child_stack&) = delete;
    child_stack& operator=(const child_stack&) = delete;

    [[nodiscard]] bool ok() const { return base_ != nullptr; }
    [[nodiscard]] void* bottom() const { return static_cast<char*>(base_) + guard; }
    [[nodiscard]] void* top() const { return static_cast<char*>(base_) + size; }
    static constexpr std::size_t guard = 4096UL * 4;
    static constexpr std::size_t size = 64UL * 1024 + guard;

private:
    static inline std::array<std::atomic<void*>, 2> kept{};
    void* base_ = nullptr;
};

/// Shares our memory and stops this thread until the exec, and gives a pidfd.
constexpr unsigned long clone_flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD;

#if defined(__x86_64__)
/// clone(2) or clone3(2) onto a stack of the child's own, where it calls child_main, which does not return. Not libc's
/// clone(): sanitizers take that for a fork, and a thread's books for the child's.
WINDPIPE_CHILD_SIDE long clone_call(long number, unsigned long first, unsigned long second, void* third,
                                    child_orders& orders) {
    register long outcome asm("rax") = number;
    register int (*child_entry)(void*) asm("r8") = child_main;
    register void* child_argument asm("r9") = &orders;
    asm volatile("syscall\n\t"
                 "test %%rax, %%rax\n\t"
                 "jnz 1f\n\t"
                 "xor %%ebp, %%ebp\n\t" // the outermost frame, for debuggers
                 "mov %%r9, %%rdi\n\t"
                 "call *%%r8\n\t"
                 "ud2\n\t"
                 "1:"
                 : "+r"(outcome)
                 : "D"(first), "S"(second), "d"(third), "r"(child_entry), "r"(child_argument)
                 : "rcx", "r11", "memory");
    if (outcome < 0) {
        errno = static_cast<int>(-outcome);
        return -1;
    }
    return outcome;
}

long clone_by_clone(child_orders& orders, const child_stack& stack, int& pidfd) {
    return clone_call(SYS_clone, clone_flags | SIGCHLD, reinterpret_cast<std::uintptr_t>(stack.top()), &pidfd, orders);
}

std::atomic<bool> lacks_clone3 = false; // or a seccomp filter forbids it

/// With all handlers reset by the kernel (CLONE_CLEAR_SIGHAND), so that the child need not.
long clone_by_clone3(child_orders& orders, const child_stack& stack, int& pidfd) {
    if (lacks_clone3.load(std::memory_order_relaxed)) {
        errno = ENOSYS;
        return -1;
    }
    clone_args args{};
    args.flags = clone_flags | CLONE_CLEAR_SIGHAND;
    args.exit_signal = SIGCHLD;
    args.pidfd = reinterpret_cast<std::uint64_t>(&pidfd);
    args.stack = reinterpret_cast<std::uint64_t>(stack.bottom());
    args.stack_size = child_stack::size - child_stack::guard;
    if (orders.control_group != -1) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = static_cast<std::uint64_t>(orders.control_group);
    }
    orders.in_control_group = orders.control_group != -1;
    orders.handlers_cleared = true;
    const long pid = sys::once("clone3", [&] {
        return clone_call(SYS_clone3, reinterpret_cast<std::uintptr_t>(&args), sizeof args, nullptr, orders);
    });
    if (pid == -1 && (errno == ENOSYS || (errno == EPERM && orders.control_group == -1))) {
        lacks_clone3.store(true, std::memory_order_relaxed);
        errno = ENOSYS;
    }
    return pid;
}
#else
long clone_by_clone(child_orders& orders, const child_stack& stack, int& pidfd) {
    return ::clone(child_main, stack.top(), clone_flags | SIGCHLD, &orders, &pidfd);
}

long clone_by_clone3(child_orders& /*orders*/, const child_stack& /*stack*/, int& /*pidfd*/) {
    errno = ENOSYS;
    return -1;
}
#endif

} // namespace

pid_t clone_child(child_orders& orders, int& pidfd) {
    const child_stack stack;
    if (!stack.ok()) {
        return -1;
    }
    long pid = clone_by_clone3(orders, stack, pidfd);
    if (pid == -1 && orders.control_group != -1 && errno != ENOSYS) { // it may not be started there
        orders.control_group = orders.control_group_list = -1;
        pid = clone_by_clone3(orders, stack, pidfd);
    }
    if (pid == -1 && errno == ENOSYS) {
        orders.in_control_group = false;
        orders.handlers_cleared = false;
        pid = sys::once("clone", [&] { return clone_by_clone(orders, stack, pidfd); });
    }
    return static_cast<pid_t>(pid);
}

} // namespace windpipe::platform

#include "tracer.hpp"
#include "../traced_program.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace windpipe_test {

namespace {

// The raw call: glibc's <sys/ptrace.h> and the kernel's header, which has the structures, exclude each other.
long ptrace_call(int request, pid_t who, std::uintptr_t address, std::uintptr_t data) {
    return ::syscall(SYS_ptrace, request, who, address, data);
}

std::optional<traced_call> entered_call(pid_t who) {
    ptrace_syscall_info info{};
    ptrace_call(PTRACE_GET_SYSCALL_INFO, who, sizeof info, reinterpret_cast<std::uintptr_t>(&info));
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) {
        return std::nullopt;
    }
    traced_call call{static_cast<long>(info.entry.nr), info.entry.args[0], 0};
    std::uint64_t word = 0; // the raw call stores it where `data` points; an address that is none leaves it 0
    ptrace_call(PTRACE_PEEKDATA, who, info.entry.args[0], reinterpret_cast<std::uintptr_t>(&word));
    call.behind_first_argument = word;
    return call;
}

/// Follows a stopped program to its end.
std::vector<traced_call> follow(pid_t who) {
    std::vector<traced_call> calls;
    int marks = 0;
    int status = 0;
    std::uintptr_t signal = 0;
    while (ptrace_call(PTRACE_SYSCALL, who, 0, signal) == 0 && ::waitpid(who, &status, 0) == who &&
           WIFSTOPPED(status)) {
        const bool at_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
        signal = at_call ? 0 : static_cast<std::uintptr_t>(WSTOPSIG(status));
        const auto call = at_call ? entered_call(who) : std::nullopt;
        if (call && call->number == SYS_getppid) {
            ++marks;
        } else if (call && marks == 1) {
            calls.push_back(*call);
        }
    }
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
    EXPECT_EQ(marks, 2);
    return calls;
}

} // namespace

std::optional<std::vector<traced_call>> trace(const std::string& program, const std::vector<std::string>& args) {
    const std::optional<pid_t> who = start_traced(program, args);
    return who ? std::optional(follow(*who)) : std::nullopt;
}

} // namespace windpipe_test

#include "stepper.hpp"
#include "traced_program.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace windpipe_test {

stepper::stepper(stepper&& other) noexcept
    : who_(std::exchange(other.who_, -1)), signal_(std::exchange(other.signal_, 0)) {}

std::optional<int> stepper::go_on(int request) {
    int status = 0;
    if (who_ == -1 ||
        ::ptrace(static_cast<__ptrace_request>(request), who_, nullptr, static_cast<std::intptr_t>(signal_)) != 0) {
        return std::nullopt;
    }
    if (::waitpid(who_, &status, 0) != who_ || !WIFSTOPPED(status)) {
        who_ = -1;
        return std::nullopt;
    }
    const int why = WSTOPSIG(status);
    signal_ = why == SIGTRAP || why == (SIGTRAP | 0x80) ? 0 : why;
    return status;
}

bool stepper::step() { return go_on(PTRACE_SINGLESTEP).has_value(); }

void stepper::kill() {
    if (who_ == -1) {
        return;
    }
    ::kill(who_, SIGKILL);
    int status = 0;
    while (::waitpid(who_, &status, 0) == who_ && WIFSTOPPED(status)) {
    }
    who_ = -1;
}

std::optional<stepper> stepper::start(const std::string& program, const std::vector<std::string>& args) {
    const std::optional<pid_t> who = start_traced(program, args);
    if (!who) {
        return std::nullopt;
    }
    stepper made(*who);
    while (const auto stopped = made.go_on(PTRACE_SYSCALL)) {
        __ptrace_syscall_info info{};
        if (WSTOPSIG(*stopped) == (SIGTRAP | 0x80) &&
            ::ptrace(PTRACE_GET_SYSCALL_INFO, *who, reinterpret_cast<void*>(sizeof info), &info) > 0 &&
            info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_getppid) {
            return made;
        }
    }
    ADD_FAILURE() << program << " has ended before its mark";
    return std::nullopt;
}

} // namespace windpipe_test

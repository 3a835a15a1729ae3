#include "stepper.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace windpipe_test {

namespace {

constexpr int not_allowed = 77;

[[noreturn]] void become(const std::vector<char*>& arguments) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
        ::_exit(not_allowed);
    }
    ::execv(arguments.front(), arguments.data());
    ::_exit(126);
}

} // namespace

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
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (const std::string& arg : args) {
        arguments.push_back(const_cast<char*>(arg.c_str())); // execv(3) does not write to them
    }
    arguments.push_back(nullptr);
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1); // the search for leaks is itself a tracer, and there is one already
    const pid_t who = ::fork();
    if (who == 0) {
        become(arguments);
    }
    int status = 0;
    if (who == -1 || ::waitpid(who, &status, 0) != who || !WIFSTOPPED(status)) {
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == not_allowed) << "status " << status;
        return std::nullopt;
    }
    stepper made(who);
    ::ptrace(PTRACE_SETOPTIONS, who, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    while (const auto stopped = made.go_on(PTRACE_SYSCALL)) {
        __ptrace_syscall_info info{};
        if (WSTOPSIG(*stopped) == (SIGTRAP | 0x80) &&
            ::ptrace(PTRACE_GET_SYSCALL_INFO, who, reinterpret_cast<void*>(sizeof info), &info) > 0 &&
            info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_getppid) {
            return made;
        }
    }
    ADD_FAILURE() << program << " has ended before its mark";
    return std::nullopt;
}

} // namespace windpipe_test

#include "traced_program.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

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

std::optional<pid_t> start_traced(const std::string& program, const std::vector<std::string>& args) {
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
    ::ptrace(PTRACE_SETOPTIONS, who, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    return who;
}

} // namespace windpipe_test

// linux.cpp - what the command needs of Linux.
#include "platform.hpp"

#include <csignal>
#include <cstring>
#include <sys/resource.h>
#include <unistd.h>

namespace windpipe_tool::platform {

namespace {

volatile std::sig_atomic_t interrupts = 0;

extern "C" void count_interrupt(int) { interrupts = 1; }

} // namespace

void prepare() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
}

std::vector<std::string> arguments(int argc, char** argv) {
    // A program can be started without any argument, not even its name.
    return argc > 0 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>();
}

std::string signal_name(int signal) {
    const char* const name = sigabbrev_np(signal);
    return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

std::uint64_t own_peak_memory() {
    struct rusage used = {};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<std::uint64_t>(used.ru_maxrss) * 1024U;
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

void leave_interrupt_to_stages() {
    struct sigaction before = {};
    if (sigaction(SIGINT, nullptr, &before) != 0 || before.sa_handler != SIG_DFL) {
        return; // ignored, as by nohup or a shell's background job: so it stays, for the stages too
    }
    // A handler, not SIG_IGN: execve(2) resets handled signals to the default, but keeps ignored ones ignored.
    struct sigaction action = {};
    action.sa_handler = count_interrupt;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigaction(SIGINT, &action, nullptr);
}

void end_if_interrupted() {
    if (interrupts != 0) {
        std::raise(SIGINT); // SA_RESETHAND has restored the default action
    }
}

} // namespace windpipe_tool::platform

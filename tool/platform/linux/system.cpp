// linux.cpp - what the command needs of Linux.
#include "platform.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

namespace windpipe_tool::platform {

void prepare() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGCHLD, SIG_DFL);
    // What we open must not get the number of a stream that is closed: our messages would go there. Not to be
    // written to: we and the stages get the error of a closed one; but an input that is closed is an empty one.
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
        if (fcntl(stream, F_GETFD) == -1 && open("/dev/null", O_RDONLY) != stream) {
            break;
        }
    }
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
bool stdout_is_terminal() { return isatty(STDOUT_FILENO) == 1; }

const char* system_name() { return "linux"; }

std::uint32_t own_pid() { return static_cast<std::uint32_t>(getpid()); }

std::FILE* open_to_write(const std::string& path) { return std::fopen(path.c_str(), "we"); }

std::FILE* open_to_write(int number) {
    const int copy = fcntl(number, F_DUPFD_CLOEXEC, 3);
    std::FILE* const file = copy == -1 ? nullptr : fdopen(copy, "w");
    if (copy != -1 && file == nullptr) {
        close(copy);
    }
    return file;
}

windpipe::unique_handle duplicate(std::FILE* file) {
    return windpipe::unique_handle(fcntl(fileno(file), F_DUPFD_CLOEXEC, 3));
}

bool stderr_shows_color() {
    const char* const kind = std::getenv("TERM");
    return stderr_is_terminal() && kind != nullptr && std::string_view(kind) != "dumb";
}

bool can_ask_to_end() { return true; }

void suspend() {
    // Not SIGSTOP: SIGTSTP stops nobody where no shell could continue him.
    sigset_t only;
    sigset_t before;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    raise(SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &only, &before);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

int number_of(asked what) {
    return what == asked::interrupt ? SIGINT
           : what == asked::quit    ? SIGQUIT
           : what == asked::hang_up ? SIGHUP
                                    : SIGTERM;
}

int end_by(asked what) {
    const int signal = number_of(what);
    const rlimit nothing = {.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &nothing); // SIGQUIT is no crash of ours
    std::signal(signal, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
    raise(signal);
    return signal;
}

} // namespace windpipe_tool::platform

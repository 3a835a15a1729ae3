// daemonize.cpp - starts a daemon by two forks and a session of its own, prints its pid and a line feed, exits 0:
// `daemonize [dead]`. The daemon holds our streams until stdin ends; dead: until it is killed.
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace {

[[noreturn]] void be_the_daemon(bool for_ever) {
    char byte = 0;
    while (for_ever || ::read(STDIN_FILENO, &byte, 1) != 0) {
        if (for_ever) {
            ::pause();
        }
    }
    ::_exit(0);
}

} // namespace

int main(int argc, char** argv) {
    const bool for_ever = argc > 1 && std::string_view(argv[1]) == "dead";
    int told[2] = {-1, -1};
    if (::pipe(told) != 0) {
        return 98;
    }
    const pid_t middle = ::fork();
    if (middle == 0) {
        ::setsid();
        const pid_t daemon = ::fork();
        if (daemon == 0) {
            ::close(told[0]);
            ::close(told[1]);
            be_the_daemon(for_ever);
        }
        ::_exit(::write(told[1], &daemon, sizeof daemon) == sizeof daemon ? 0 : 98);
    }
    pid_t daemon = -1;
    if (middle == -1 || ::read(told[0], &daemon, sizeof daemon) != sizeof daemon) {
        return 98;
    }
    while (::waitpid(middle, nullptr, 0) == -1 && errno == EINTR) {
    }
    std::printf("%d\n", static_cast<int>(daemon));
    return 0;
}

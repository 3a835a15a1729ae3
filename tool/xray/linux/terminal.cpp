#include "xray/terminal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace windpipe_tool::xray {

namespace {

// The other screen, no cursor, no wrapping; and back. Source: "XTerm Control Sequences".
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr std::string_view leave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
constexpr std::array fatal{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM};
constexpr int patience_ms = 50;

/// The terminal, opened anew: O_NONBLOCK on a stream that we were given would be everybody's.
int terminal = -1;

int descriptor_of(stream where) { return where == stream::output ? STDOUT_FILENO : STDERR_FILENO; }

void put(std::string_view text) {
    while (!text.empty()) {
        const ssize_t size = ::write(terminal, text.data(), text.size());
        pollfd until{.fd = terminal, .events = POLLOUT, .revents = 0};
        if (size <= 0 && (errno != EAGAIN || ::poll(&until, 1, patience_ms) != 1)) {
            return; // nobody can be told
        }
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    }
}

extern "C" void leave_and_end(int signal) {
    put(leave);
    std::raise(signal); // its action is the default again: SA_RESETHAND
}

extern "C" void leave_and_stop(int signal);

void handle_stop(void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGTSTP, &action, nullptr);
}

void leave_and_stop(int signal) {
    put(leave);
    handle_stop(SIG_DFL);
    std::raise(signal);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr); // here it stops, and here it goes on
    handle_stop(leave_and_stop);
    put(enter);
}

bool is_unicode() {
    for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing changes the environment
        if (value != nullptr && *value != '\0') {
            std::string locale(value);
            std::ranges::transform(locale, locale.begin(), [](unsigned char each) { return std::tolower(each); });
            return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
        }
    }
    return false;
}

} // namespace

bool can_draw(stream where) {
    const char* const kind = std::getenv("TERM"); // NOLINT(concurrency-mt-unsafe): nothing changes the environment
    return ::isatty(descriptor_of(where)) == 1 && kind != nullptr && std::string_view(kind) != "dumb" && *kind != '\0';
}

screen::screen(stream where) {
    std::array<char, 256> name{};
    if (::ttyname_r(descriptor_of(where), name.data(), name.size()) == 0) {
        terminal = ::open(name.data(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }
    for (const int signal : fatal) {
        struct sigaction before = {};
        if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_DFL) {
            struct sigaction action = {};
            action.sa_handler = leave_and_end;
            action.sa_flags = static_cast<int>(SA_RESETHAND);
            ::sigaction(signal, &action, nullptr);
        }
    }
    handle_stop(leave_and_stop);
    put(enter);
}

screen::~screen() {
    put(leave);
    for (const int signal : fatal) {
        struct sigaction now = {};
        if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == leave_and_end) {
            std::signal(signal, SIG_DFL);
        }
    }
    handle_stop(SIG_DFL);
    ::close(std::exchange(terminal, -1));
}

// NOLINTBEGIN(readability-convert-member-functions-to-static): only while there is a screen

canvas screen::size() const {
    winsize size = {};
    canvas on{.unicode = is_unicode()};
    if (::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 && size.ws_row != 0) {
        on.columns = size.ws_col;
        on.rows = size.ws_row;
    }
    return on;
}

void screen::draw(const std::vector<std::string>& lines) const {
    // What was there is erased in front of a line and not behind it: without wrapping the cursor stays on the last
    // column, and the character there would go with it.
    std::string picture = "\x1b[H";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        picture += std::string(i != 0 ? "\r\n" : "") + (i + 1 < lines.size() ? "\x1b[K" : "\x1b[J") + lines[i];
    }
    put(picture);
}

// NOLINTEND(readability-convert-member-functions-to-static)

} // namespace windpipe_tool::xray

#include "events.hpp"

#include <windpipe/waitable.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <poll.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace windpipe_tool {

namespace {

constexpr std::array<std::pair<int, asked>, 8> meanings = {{{SIGINT, asked::interrupt},
                                                            {SIGQUIT, asked::quit},
                                                            {SIGHUP, asked::hang_up},
                                                            {SIGTERM, asked::terminate},
                                                            {SIGTSTP, asked::suspend},
                                                            {SIGCONT, asked::resume},
                                                            {SIGUSR1, asked::snapshot},
                                                            {SIGCHLD, asked::look}}};

bool is_ignored(int signal) {
    struct sigaction now = {};
    return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

sigset_t wanted_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    for (const auto& [signal, meaning] : meanings) {
        if (!is_ignored(signal)) {
            sigaddset(&wanted, signal);
        }
    }
    return wanted;
}

timespec time_left(const windpipe::deadline& until) {
    const auto left = std::chrono::ceil<std::chrono::nanoseconds>(until.left());
    const auto whole = std::chrono::floor<std::chrono::seconds>(left);
    return {.tv_sec = static_cast<time_t>(whole.count()), .tv_nsec = static_cast<long>((left - whole).count())};
}

} // namespace

struct events::state {
    sigset_t before{};
    windpipe::unique_handle signals;
    std::vector<std::pair<windpipe::unique_handle, std::size_t>> stages;
    std::vector<pollfd> polled;

    event take_signal();
    event take_end(std::size_t place);
};

events::events() : state_(std::make_unique<state>()) {
    const sigset_t wanted = wanted_signals();
    pthread_sigmask(SIG_BLOCK, &wanted, &state_->before);
    state_->signals = windpipe::unique_handle(signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!state_->signals) {
        throw std::system_error(errno, std::system_category(), "signalfd");
    }
}

// What is pending then ends us, by a second Ctrl-C for example.
events::~events() { pthread_sigmask(SIG_SETMASK, &state_->before, nullptr); }

windpipe::result<void> events::watch(const windpipe::child& stage, std::size_t index) {
    auto handle = windpipe::make_waitable(stage);
    if (!handle) {
        return std::unexpected(std::move(handle).error());
    }
    state_->stages.emplace_back(std::move(*handle), index);
    return {};
}

event events::state::take_signal() {
    signalfd_siginfo what = {};
    if (read(signals.get(), &what, sizeof(what)) != sizeof(what)) {
        return {};
    }
    for (const auto& [signal, meaning] : meanings) {
        if (static_cast<int>(what.ssi_signo) == signal) {
            // The terminal sends to every process of the foreground group, and says that it is the kernel.
            return {.what = event::kind::signal, .signal = meaning, .stages_know = what.ssi_code == SI_KERNEL};
        }
    }
    return {};
}

event events::state::take_end(std::size_t place) {
    const std::size_t index = stages[place].second;
    stages.erase(stages.begin() + static_cast<std::ptrdiff_t>(place));
    return {.what = event::kind::stage_ended, .stage = index};
}

event events::next(const windpipe::deadline& until) {
    auto& polled = state_->polled;
    while (true) {
        polled.assign(1, {.fd = state_->signals.get(), .events = POLLIN, .revents = 0});
        for (const auto& [handle, index] : state_->stages) {
            polled.push_back({.fd = handle.get(), .events = POLLIN, .revents = 0});
        }
        const timespec left = until.is_never() ? timespec{} : time_left(until);
        const int ready = ppoll(polled.data(), polled.size(), until.is_never() ? nullptr : &left, nullptr);
        if (ready == 0) {
            return {};
        }
        // Ends first: what a signal asks for, they may have done already.
        for (std::size_t i = 1; ready > 0 && i < polled.size(); ++i) {
            if (polled[i].revents != 0) {
                return state_->take_end(i - 1);
            }
        }
        if (ready > 0) {
            if (const event signal = state_->take_signal(); signal.what == event::kind::signal) {
                return signal;
            }
        }
    }
}

} // namespace windpipe_tool

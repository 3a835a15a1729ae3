// Ctrl-C: SIGINT, which is taken by a thread of the layer's own and handed to the program's handlers, as on Windows.
#include "descriptors.hpp"
#include "last_error.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <new>
#include <pthread.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace windpipe::win32 {

namespace {

struct control {
    std::mutex guard;
    std::vector<PHANDLER_ROUTINE> handlers; // the last one is asked first
    bool has_thread = false;
};
control& shared() {
    static auto* const all = new control;
    return *all;
}

constinit std::atomic<int> told_by_signals{-1};

void on_signal(int signal) {
    const int kept = errno;
    const char which = signal == SIGINT ? CTRL_C_EVENT : signal == SIGQUIT ? CTRL_BREAK_EVENT : CTRL_CLOSE_EVENT;
    (void)!::write(told_by_signals.load(), &which, 1);
    errno = kept;
}

/// Asks the handlers, the last one first. One that says TRUE has dealt with it; if none does, the process ends.
void ask_handlers(DWORD event) {
    std::vector<PHANDLER_ROUTINE> handlers;
    {
        const std::lock_guard lock(shared().guard);
        handlers = shared().handlers;
    }
    const bool dealt_with =
        std::any_of(handlers.rbegin(), handlers.rend(), [event](PHANDLER_ROUTINE one) { return one(event) != FALSE; });
    if (!dealt_with) {
        ExitProcess(CONTROL_C_EXIT);
    }
}

void take_signals(int from) {
    sigset_t all;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, nullptr);
    char event = 0;
    while (true) {
        const ssize_t got = ::read(from, &event, 1);
        if (got == 1) {
            ask_handlers(static_cast<DWORD>(event));
        } else if (got != -1 || errno != EINTR) {
            return;
        }
    }
}

/// PRE: the guard is locked.
bool start_thread(control& own) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    const int from = park(unique_handle(ends[0])).release();
    told_by_signals = park(unique_handle(ends[1])).release();
    std::thread(take_signals, from).detach();
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    (void)::sigaction(SIGINT, &action, nullptr);
    (void)::sigaction(SIGQUIT, &action, nullptr);
    (void)::sigaction(SIGHUP, &action, nullptr);
    own.has_thread = true;
    return true;
}

BOOL ignore_control_c(bool ignored) {
    struct sigaction action{};
    action.sa_handler = ignored ? SIG_IGN : shared().has_thread ? on_signal : SIG_DFL;
    action.sa_flags = SA_RESTART;
    return ::sigaction(SIGINT, &action, nullptr) == 0 ? TRUE : fail_with_errno();
}

BOOL remove_handler(control& own, PHANDLER_ROUTINE handler) {
    const auto found = std::find(own.handlers.rbegin(), own.handlers.rend(), handler);
    if (found == own.handlers.rend()) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    own.handlers.erase(std::next(found).base());
    return TRUE;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE HandlerRoutine, BOOL Add) {
    control& own = shared();
    const std::lock_guard lock(own.guard);
    if (HandlerRoutine == nullptr) {
        return ignore_control_c(Add != FALSE);
    }
    if (Add == FALSE) {
        return remove_handler(own, HandlerRoutine);
    }
    try {
        if (!own.has_thread && !start_thread(own)) {
            return fail_with_errno();
        }
        own.handlers.push_back(HandlerRoutine);
        return TRUE;
    } catch (const std::exception&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

#include "reaper.hpp"

#include "descriptors.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace windpipe::platform {

namespace {

/// What is given to the epoll set comes out of it in the other thread. The kernel orders the two; this says so to
/// whoever checks the program, also where the set's descriptor was moved.
std::mutex handing_over;

void serve(int epoll) {
    while (true) {
        epoll_event event{};
        if (::epoll_wait(epoll, &event, 1, -1) != 1) {
            continue;
        }
        const std::scoped_lock lock(handing_over);
        siginfo_t info{};
        const int reaped = sys::waitid(P_PIDFD, static_cast<id_t>(event.data.fd), &info, WEXITED | WNOHANG, nullptr);
        if (reaped == -1 && errno != ECHILD) {
            continue; // still in the set: it is met again
        }
        // Closing it would not be enough: a child that is being started holds a copy until its exec, and as long as any
        // copy is open the set reports the old number, which may be somebody else's by then (epoll(7)).
        (void)::epoll_ctl(epoll, EPOLL_CTL_DEL, event.data.fd, nullptr);
        const unique_handle pidfd(event.data.fd);
    }
}

/// The epoll descriptor of the thread, or -1. A failed start is tried again by the next call.
int reaper_epoll() {
    static std::mutex mutex;
    static int running = -1; // never closed: the thread lives as long as the process
    const std::scoped_lock lock(mutex);
    if (running != -1) {
        return running;
    }
    unique_handle made(sys::epoll_create1(EPOLL_CLOEXEC));
    if (!made) {
        return -1;
    }
    auto epoll = clear_of_standard(std::move(made), "make epoll");
    if (!epoll) {
        return -1;
    }
    sigset_t all{};
    sigset_t before{};
    sigfillset(&all);
    (void)::pthread_sigmask(SIG_SETMASK, &all, &before); // the application's handlers are not for this thread
    try {
        std::thread(serve, epoll->get()).detach();
        running = epoll->release();
    } catch (const std::exception&) { // no more threads
    }
    (void)::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return running;
}

} // namespace

namespace {

std::atomic<std::size_t> waiting_count = 0; // of waiting(), to be asked without the lock
std::mutex waiting_mutex;

std::vector<unique_handle>& waiting() {
    static std::vector<unique_handle> children;
    return children;
}

bool serve_later(unique_handle& pidfd) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = pidfd.get();
    const int epoll = reaper_epoll();
    const std::scoped_lock lock(handing_over);
    if (epoll == -1 || sys::epoll_ctl(epoll, EPOLL_CTL_ADD, pidfd.get(), &event) != 0) {
        return false;
    }
    (void)pidfd.release(); // serve() closes it
    return true;
}

} // namespace

void reap_later(unique_handle pidfd) noexcept {
    reap_waiting();
    if (serve_later(pidfd)) {
        return;
    }
    try {
        const std::scoped_lock lock(waiting_mutex);
        waiting().push_back(std::move(pidfd));
        waiting_count.store(waiting().size(), std::memory_order_relaxed);
    } catch (const std::exception&) { // no memory either: the child becomes a zombie until this process ends
    }
}

void reap_waiting() noexcept {
    if (waiting_count.load(std::memory_order_relaxed) == 0) {
        return;
    }
    const std::scoped_lock lock(waiting_mutex);
    std::erase_if(waiting(), [](unique_handle& pidfd) {
        siginfo_t info{};
        const int reaped = sys::waitid(P_PIDFD, static_cast<id_t>(pidfd.get()), &info, WEXITED | WNOHANG, nullptr);
        return reaped == -1 || info.si_pid != 0 || serve_later(pidfd);
    });
    waiting_count.store(waiting().size(), std::memory_order_relaxed);
}

} // namespace windpipe::platform

#include "reaper.hpp"

#include "descriptors.hpp"

#include <cerrno>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace windpipe::win32 {

namespace {

/// Never destroyed: its thread runs until the process ends.
class reaper {
public:
    reaper() : changed_(park(unique_handle(::eventfd(0, EFD_CLOEXEC)))) {
        std::thread([this] { run(); }).detach();
    }

    void add(unique_handle pidfd) {
        const std::lock_guard lock(guard_);
        left_.push_back(std::move(pidfd));
        (void)::eventfd_write(changed_.get(), 1);
    }

private:
    void run() {
        sigset_t all;
        sigfillset(&all); // signals are for the program's own threads
        (void)pthread_sigmask(SIG_SETMASK, &all, nullptr);
        while (true) {
            std::vector<pollfd> watched{{changed_.get(), POLLIN, 0}};
            {
                const std::lock_guard lock(guard_);
                for (const unique_handle& one : left_) {
                    watched.push_back({one.get(), POLLIN, 0});
                }
            }
            if (::poll(watched.data(), watched.size(), -1) <= 0) {
                continue;
            }
            if (watched[0].revents != 0) {
                eventfd_t count = 0;
                (void)::eventfd_read(changed_.get(), &count);
            }
            const std::lock_guard lock(guard_);
            std::erase_if(left_, [](const unique_handle& one) {
                siginfo_t ended{};
                const int outcome = ::waitid(P_PIDFD, static_cast<id_t>(one.get()), &ended, WEXITED | WNOHANG);
                return (outcome == 0 && ended.si_pid != 0) || (outcome == -1 && errno == ECHILD);
            });
        }
    }

    std::mutex guard_;
    std::vector<unique_handle> left_;
    unique_handle changed_;
};

} // namespace

void reap_later(unique_handle pidfd) noexcept {
    try {
        static auto* const instance = new reaper;
        instance->add(std::move(pidfd));
    } catch (const std::exception&) {
        return; // no memory or no thread: it stays a zombie until we end
    }
}

} // namespace windpipe::win32

#include "keeper.hpp"

#include "sys.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

namespace windpipe::platform {

namespace {

class keeper {
public:
    explicit keeper(pid_t process) noexcept : process_(process) {}

    /// That of this process. It is never destroyed: its thread lives as long as the process. After a fork the thread is
    /// not there, and a lock of the old one may be held for ever: the new process has a keeper of its own.
    static keeper* of_this_process() noexcept {
        static std::atomic<keeper*> current = nullptr;
        const pid_t process = ::getpid();
        keeper* known = current.load(std::memory_order_acquire);
        if (known == nullptr || known->process_ != process) {
            std::unique_ptr<keeper> made(new (std::nothrow) keeper(process));
            if (made != nullptr && current.compare_exchange_strong(known, made.get(), std::memory_order_acq_rel)) {
                known = made.release();
            } else if (made == nullptr) {
                known = nullptr;
            }
        }
        return known;
    }

    pid_t clone(child_orders& orders, int& pidfd) {
        const std::scoped_lock one_at_a_time(turn_);
        std::unique_lock lock(mutex_);
        if (!start()) {
            return -1;
        }
        task mine{.orders = &orders, .pidfd = &pidfd};
        task_ = &mine;
        changed_.notify_all();
        changed_.wait(lock, [this] { return task_ == nullptr; });
        errno = mine.code;
        return mine.pid;
    }

private:
    struct task {
        child_orders* orders;
        int* pidfd;
        pid_t pid = -1;
        int code = 0;
    };

    /// The thread has all signals blocked, as its creator: no handler runs in a child that shares our memory.
    bool start() {
        try {
            if (!running_) {
                std::thread(&keeper::serve, this).detach();
                running_ = true;
            }
        } catch (const std::system_error& failed) { // no more threads
            errno = failed.code().value();
        }
        return running_;
    }

    void serve() {
        std::unique_lock lock(mutex_);
        while (true) {
            changed_.wait(lock, [this] { return task_ != nullptr; });
            task_->pid = clone_child(*task_->orders, *task_->pidfd);
            task_->code = errno;
            task_ = nullptr;
            changed_.notify_all();
        }
    }

    const pid_t process_;
    std::mutex turn_;
    std::mutex mutex_;
    std::condition_variable changed_;
    task* task_ = nullptr; // under way
    bool running_ = false;
};

} // namespace

pid_t clone_by_keeper(child_orders& orders, int& pidfd) {
    keeper* const mine = keeper::of_this_process();
    if (mine == nullptr) {
        errno = ENOMEM;
        return -1;
    }
    return mine->clone(orders, pidfd);
}

} // namespace windpipe::platform

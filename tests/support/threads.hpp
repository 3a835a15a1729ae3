// threads.hpp - a thread of which one can tell that it waits in a call.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <utility>

namespace windpipe_test {

namespace detail {

/// How the system names the calling thread to others: a thread id on Linux, a handle on Windows.
std::intptr_t name_of_this_thread();
void forget_thread(std::intptr_t name) noexcept;
/// Returns when the thread sleeps in the system, or `ended` is set.
void wait_until_asleep(std::intptr_t thread, const std::atomic<bool>& ended);

} // namespace detail

/// Whether wait_until_blocked() knows: Linux tells; on Windows it is concluded from a thread that uses no processor
/// time, so that one that has not yet reached its call may be mistaken for one that waits in it.
extern const bool blocking_is_known;

/// Runs `body`, whose first call that waits is the one to be observed.
class observed_thread {
public:
    template <class Body>
    explicit observed_thread(Body body)
        : thread_([this, body = std::move(body)]() mutable {
              name_.store(detail::name_of_this_thread());
              body();
              ended_.store(true);
          }) {}
    ~observed_thread() { join(); }
    observed_thread(const observed_thread&) = delete;
    observed_thread& operator=(const observed_thread&) = delete;

    /// True when the thread waits in a call; false when it has ended instead.
    [[nodiscard]] bool wait_until_blocked() {
        while (name_.load() == 0) {
            std::this_thread::yield();
        }
        detail::wait_until_asleep(name_.load(), ended_);
        return !ended_.load();
    }

    void join() {
        if (thread_.joinable()) {
            thread_.join();
            detail::forget_thread(name_.load());
        }
    }

private:
    std::atomic<std::intptr_t> name_ = 0;
    std::atomic<bool> ended_ = false;
    std::thread thread_;
};

} // namespace windpipe_test

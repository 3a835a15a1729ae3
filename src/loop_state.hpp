// loop_state.hpp - what a loop has to do: who waits for what, and whose turn it is.
#pragma once

#include "core/timer_heap.hpp"
#include "platform/platform.hpp"

#include <windpipe/async.hpp>

#include <atomic>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

namespace windpipe::detail {

/// Used by its thread alone, but for post() and stop().
class loop_state {
public:
    static result<std::unique_ptr<loop_state>> make();
    ~loop_state();
    loop_state(const loop_state&) = delete;
    loop_state& operator=(const loop_state&) = delete;

    /// Whether it is done at once. Otherwise its waiter is resumed when it is.
    bool begin(operation& what) noexcept;
    /// Forgets one that has been begun; its waiter is not resumed.
    void call_off(operation& what) noexcept;

    /// `ended`: where to tell that it has; null: the loop owns the coroutine.
    void spawn(task_promise_base& what, bool* ended) noexcept;
    void has_ended(task_promise_base& what) noexcept;

    /// From any thread.
    void post(std::move_only_function<void()> what);
    void stop(limited_operation& what) noexcept;

    /// Takes turns until the time has come, with false, or until `ended` (null: until nothing is left), with true.
    result<bool> drive(const deadline& until, const bool* ended);

private:
    loop_state() = default;

    static bool is_done_unbegun(operation& what) noexcept;
    bool start(operation& what) noexcept;
    void settle(operation& what) noexcept;
    void be_done(operation& what, std::errc why) noexcept;
    void turn();
    void call_posted();
    void call_off_stopped() noexcept;
    void begin_spawned() noexcept;
    void expire() noexcept;
    void resume_done();
    void destroy_ended() noexcept;
    void tell() noexcept;
    [[nodiscard]] bool is_idle() noexcept;
    [[nodiscard]] bool has_more() noexcept;
    [[nodiscard]] deadline next_wake() const noexcept;

    /// How many operations of one turn may be done without a look at the others.
    static constexpr int most_at_once = 64;

    std::unique_ptr<platform::reactor> reactor_;
    timer_heap timers_;
    std::size_t waiting_ = 0; // operations that are not idle
    int at_once_ = most_at_once;
    link resuming_; // done, and of this turn
    link fresh_;    // spawned tasks that have not begun
    link spawned_;  // that have
    link ended_;    // to be destroyed
    std::exception_ptr thrown_;

    std::mutex mutex_; // guards what follows
    std::deque<std::move_only_function<void()>> posted_;
    link stopped_;
    std::atomic<bool> told_ = false; // there is something in these two
};

} // namespace windpipe::detail

// ring_state.hpp - what an end of a ring consists of, and how a call gets at it.
#pragma once

#include "access.hpp"
#include "calls.hpp"
#include "ring_view.hpp"

#include <windpipe/ring.hpp>

#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace windpipe::detail {

/// One open end. The pipe that wakes it counts its calls and is what close() and the limits work by.
class ring_state {
public:
    ring_state(pipe_reader&& woken_by, pipe_writer&& wakes, unique_handle&& memory, unique_handle&& turns,
               std::shared_ptr<ring_view> view) noexcept;
    ~ring_state() { close(); }
    ring_state(const ring_state&) = delete;
    ring_state& operator=(const ring_state&) = delete;

    void close() noexcept;
    /// As close(), but the handles are given away, unless somebody has closed it.
    ring_handles take() noexcept;
    /// Whether a duplicate of it keeps it from going to another process.
    [[nodiscard]] bool is_shared() const noexcept;

    [[nodiscard]] const pipe_reader& woken_by() const noexcept { return woken_by_; }
    [[nodiscard]] pipe_reader& woken_by() noexcept { return woken_by_; }
    /// For calls in flight: then none of it goes away.
    [[nodiscard]] native_handle memory() const noexcept { return memory_.get(); }
    [[nodiscard]] native_handle turns() const noexcept { return turns_.get(); }
    [[nodiscard]] native_handle wakes() const noexcept { return access::endpoint_of(wakes_)->handle(); }
    [[nodiscard]] const std::shared_ptr<ring_view>& view() const noexcept { return view_; }
    /// Under the lock of the view: what others wait for in place of this end.
    [[nodiscard]] platform::bell_watch_ptr& watch() noexcept { return watch_; }

private:
    ring_handles leave(bool closes) noexcept;

    pipe_reader woken_by_;
    pipe_writer wakes_;
    std::mutex closing_; // guards what follows, once no call is in flight
    unique_handle memory_;
    unique_handle turns_;            // none where no other process can be at this side
    platform::bell_watch_ptr watch_; // guarded by the lock of the view
    bool left_ = false;
    const std::shared_ptr<ring_view> view_; // stays until the end is destroyed, its memory only until it is closed
};

class ring_access {
public:
    static ring_state* state_of(const ring_end& end) noexcept { return end.state_.get(); }

    /// After what was rung for this side has been taken by other means: threads that sleep here may have been meant.
    static void wake_others(const ring_end& end) noexcept;

    /// An end of these parts. On failure they are untouched.
    template <class End>
    static result<End> make(ring_handles& handles, std::shared_ptr<ring_view> view);
};

/// One call on an end: who it is, what it sees, and its lock.
struct ring_call {
    std::string_view operation;
    ring_view& view;
    ring_view::bells by;
    interruption& interrupted;
    std::unique_lock<ring_lock>& lock;

    /// As ring_view::wait().
    [[nodiscard]] result<ring_view::outcome> wait(std::size_t need) const {
        return view.wait(need, by, interrupted, lock, operation);
    }
    [[nodiscard]] result<void> settle() const { return view.settle(by, operation); }
};

error not_after_fork(std::string_view operation);
/// operation_not_supported
error not_with_turns(std::string_view operation);
error has_duplicates(std::string_view operation);

/// Runs a call on an end, under its lock: `body(ring_call)`, unless it is closed, called off, or of another process.
template <class Body>
auto ring_call_on(const ring_end& end, std::string_view operation, const wait_limit& limit, Body&& body)
    -> decltype(body(std::declval<const ring_call&>())) {
    ring_state* const state = ring_access::state_of(end);
    if (state == nullptr) {
        return std::unexpected(endpoint::closed_error(operation));
    }
    return call_on(state->woken_by(), operation, limit,
                   [&](auto handle, interruption& interrupted) -> decltype(body(std::declval<const ring_call&>())) {
                       ring_view& view = *state->view();
                       if (!view.is_ours()) {
                           return std::unexpected(not_after_fork(operation));
                       }
                       std::unique_lock<ring_lock> lock(view.lock());
                       const ring_view::bells by{handle, state->wakes(), state->turns()};
                       const auto held = view.begin(by, interrupted, lock, operation);
                       if (!held) {
                           return std::unexpected(held.error());
                       }
                       auto outcome = body(ring_call{operation, view, by, interrupted, lock});
                       if (state->watch() != nullptr && !outcome && outcome.error().code == std::errc::timed_out) {
                           platform::watch_again(*state->watch());
                       }
                       return outcome;
                   });
}

/// The same for a call that gives or takes room in place: where several processes may be at its side, it is refused.
template <class Body>
auto in_place_call_on(const ring_end& end, std::string_view operation, const wait_limit& limit, Body&& body)
    -> decltype(body(std::declval<const ring_call&>())) {
    if (end.is_open() && ring_access::state_of(end)->view()->takes_turns()) {
        return std::unexpected(not_with_turns(operation));
    }
    return ring_call_on(end, operation, limit, std::forward<Body>(body));
}

/// What wakes the other side for a call that need not wait, after so many bytes have moved; a failure tells of them.
[[nodiscard]] result<void> ring_for(const ring_state& end, std::size_t moved, std::string_view operation);

/// A call on an end that need not wait, by the thread that owns its lock; or none, if anything at all is out of the
/// ordinary. Then another call is made, which finds out. Written to be few instructions: they are what it costs.
class own_call {
public:
    own_call(const ring_end& end, const wait_limit& limit) noexcept {
        const ring_state* const state = ring_access::state_of(end);
        if (state == nullptr || limit.stop.stop_requested()) [[unlikely]] {
            return;
        }
        ring_view* const view = state->view().get();
        if (!view->lock().try_own()) [[unlikely]] {
            return;
        }
        // close() says that it closes, and then takes the lock.
        if (!access::endpoint_of(state->woken_by())->is_plain() || !view->is_plain()) [[unlikely]] {
            view->lock().leave();
            return;
        }
        state_ = state;
        view_ = view;
    }
    ~own_call() {
        if (view_ != nullptr) {
            view_->lock().leave();
        }
    }
    own_call(const own_call&) = delete;
    own_call& operator=(const own_call&) = delete;

    [[nodiscard]] explicit operator bool() const noexcept { return view_ != nullptr; }
    [[nodiscard]] const ring_state& end() const noexcept { return *state_; }
    [[nodiscard]] ring_view& view() const noexcept { return *view_; }
    /// Goes on by so many bytes; as ring_view::settle(). It is over then.
    [[nodiscard]] result<void> move_on(std::size_t count, std::string_view operation) {
        view_->move_on(count);
        if (view_->must_wake_plainly()) [[unlikely]] {
            view_ = nullptr;
            return wake_and_leave(*state_, count, operation);
        }
        return {};
    }

private:
    /// Wakes whom it has to, and gives the lock back. Called last, so that its caller needs no frame.
    [[nodiscard]] static result<void> wake_and_leave(const ring_state& end, std::size_t moved,
                                                     std::string_view operation);

    const ring_state* state_ = nullptr;
    ring_view* view_ = nullptr;
};

/// The same where several threads or processes use this side; none where an own_call() could have been.
class quick_call {
public:
    quick_call(const ring_end& end, const wait_limit& limit) noexcept {
        const ring_state* const state = ring_access::state_of(end);
        if (state == nullptr || limit.stop.stop_requested()) {
            return;
        }
        ring_lock& lock = state->view()->lock();
        owns_ = lock.try_own();
        if (!owns_ && !lock.try_lock()) {
            return;
        }
        state_ = state;
        if ((owns_ && view().is_plain()) || !access::endpoint_of(state->woken_by())->is_plain() || !view().is_ours() ||
            !view().begin_at_once()) {
            leave_lock();
        }
    }
    ~quick_call() {
        if (state_ != nullptr) {
            view().end_at_once(state_->turns());
            leave_lock();
        }
    }
    quick_call(const quick_call&) = delete;
    quick_call& operator=(const quick_call&) = delete;

    [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }
    [[nodiscard]] const ring_state& end() const noexcept { return *state_; }
    [[nodiscard]] ring_view& view() const noexcept { return *state_->view(); }
    [[nodiscard]] result<void> move_on(std::size_t count, std::string_view operation) const {
        view().move_on(count);
        return view().must_ring() ? ring_for(*state_, count, operation) : result<void>{};
    }

private:
    void leave_lock() noexcept {
        ring_lock& lock = std::exchange(state_, nullptr)->view()->lock();
        if (owns_) {
            lock.leave();
        } else {
            lock.unlock();
        }
    }

    const ring_state* state_ = nullptr;
    bool owns_ = false;
};

/// Runs what neither waits nor moves bytes: `body(view)` under the lock, unless the end is closed or of another
/// process.
template <class Body>
auto ring_view_of(const ring_end& end, std::string_view operation, Body&& body)
    -> decltype(body(std::declval<ring_view&>())) {
    const ring_state* const state = ring_access::state_of(end);
    const endpoint::use call(state != nullptr ? access::endpoint_of(state->woken_by()) : nullptr);
    if (!call) {
        return std::unexpected(endpoint::closed_error(operation));
    }
    ring_view& view = *state->view();
    if (!view.is_ours()) {
        return std::unexpected(not_after_fork(operation));
    }
    const std::scoped_lock lock(view.lock());
    return body(view);
}

inline void ring_access::wake_others(const ring_end& end) noexcept {
    (void)ring_view_of(end, "wait", [](ring_view& view) -> result<void> {
        view.wake_others();
        return {};
    });
}

template <class End>
result<End> ring_access::make(ring_handles& handles, std::shared_ptr<ring_view> view) {
    auto in = access::make_end<pipe_reader>(std::move(handles.woken_by));
    if (!in) {
        return std::unexpected(std::move(in).error());
    }
    auto out = access::make_end<pipe_writer>(std::move(handles.wakes));
    if (out) {
        std::unique_ptr<ring_state> state(new (std::nothrow) ring_state(
            std::move(*in), std::move(*out), std::move(handles.memory), std::move(handles.turns), std::move(view)));
        if (state != nullptr) {
            return End(std::move(state));
        }
        handles.wakes = out->release();
    }
    handles.woken_by = in->release();
    return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "make end"});
}

} // namespace windpipe::detail

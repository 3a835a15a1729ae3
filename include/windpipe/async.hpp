// async.hpp - many pipes and children in one thread, waited for with co_await.
//
// Needs no event library. A loop belongs to the thread that runs it, and so does every end and child that has been
// waited for with it: they are moved, closed and destroyed there. Only post() and a stop token reach it from elsewhere.
#pragma once

#include <windpipe/child.hpp>
#include <windpipe/command.hpp>
#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>
#include <windpipe/ring.hpp>
#include <windpipe/run.hpp>
#include <windpipe/task.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace windpipe {

class loop;

namespace detail {

/// A time that a loop must not miss.
struct timer {
    static constexpr std::size_t unset = static_cast<std::size_t>(-1);
    deadline::clock::time_point due;
    std::size_t place = unset; // in the heap
};

struct limited_operation;

/// One thing that is waited for on a loop. It lives in the frame of the coroutine that waits: nothing is allocated.
struct operation : link {
    enum class kind : std::uint8_t { sleep, read, readable, write, watch };
    enum class state : std::uint8_t { idle, under_way, done };

    operation(loop_state* where, kind that) noexcept : on(where), what(that) {}

    loop_state* on;
    kind what;
    state now = state::idle;
    limited_operation* limited = nullptr; // itself, where it has a limit
    endpoint* end = nullptr;              // read, readable, write
    process_state* process = nullptr;     // watch
    std::byte* data = nullptr;            // what is still to be moved
    std::size_t size = 0;
    std::size_t bytes = 0; // moved
    std::error_code code;
    std::coroutine_handle<> waiter;
    void* at = nullptr; // for the backend
};

/// One that a deadline or a stop may end.
struct limited_operation : operation, timer {
    /// What a stop token calls.
    struct on_stop {
        limited_operation* what;
        void operator()() const noexcept;
    };
    /// Its place among those that are to be called off.
    struct stop_link : link {
        explicit stop_link(limited_operation& whose) noexcept : owner(&whose) {}
        limited_operation* owner;
    };

    limited_operation(loop_state* where, kind that, wait_limit most) noexcept
        : operation(where, that), limit(std::move(most)) {
        limited = this;
    }

    wait_limit limit;
    std::optional<std::stop_callback<on_stop>> stopper;
    stop_link stopped{*this}; // in the loop's list, under its lock
};

/// What all awaitables of a loop share. Destroyed before it is done, it calls off what is under way.
class awaiting {
public:
    awaiting(const awaiting&) = delete;
    awaiting& operator=(const awaiting&) = delete;

    [[nodiscard]] bool await_ready() noexcept { return begin(what_); }
    void await_suspend(std::coroutine_handle<> waiter) noexcept { what_.waiter = waiter; }

protected:
    awaiting(loop_state* where, operation::kind what, wait_limit limit) : what_(where, what, std::move(limit)) {}
    ~awaiting() {
        if (what_.now != operation::state::idle) {
            call_off(what_);
        }
    }
    static bool begin(operation& what) noexcept;
    static void call_off(operation& what) noexcept;
    [[nodiscard]] std::unexpected<error> failure(std::string_view step) const;
    limited_operation what_;
};

/// read_some() of a loop.
class awaiting_read : public awaiting {
public:
    awaiting_read(loop_state* where, const pipe_reader& from, std::span<std::byte> into, const wait_limit& limit);
    [[nodiscard]] bool await_ready() noexcept;
    [[nodiscard]] result<std::size_t> await_resume() const;
};

/// write() of a loop.
class awaiting_write : public awaiting {
public:
    awaiting_write(loop_state* where, const pipe_writer& to, const_buffer bytes, const wait_limit& limit);
    [[nodiscard]] result<void> await_resume() const;
};

/// One that knows a process as long as that is known.
struct watcher : link {
    process_state* process = nullptr;
};

/// wait() of a loop.
class awaiting_end : public awaiting {
public:
    awaiting_end(loop_state* where, const child& who, const wait_limit& limit);
    [[nodiscard]] bool await_ready() noexcept;
    [[nodiscard]] result<exit_status> await_resume();

private:
    watcher whom_;
    result<std::optional<exit_status>> ended_;
};

/// sleep_until() of a loop.
class awaiting_time : public awaiting {
public:
    awaiting_time(loop_state* where, const deadline& when, std::stop_token stop)
        : awaiting(where, operation::kind::sleep, {.until = when, .stop = std::move(stop)}) {}
    [[nodiscard]] result<void> await_resume() const;
};

/// A result of what is none.
template <class T>
struct flat {
    using type = result<T>; ///< of a T
};
/// A result as it is.
template <class T>
struct flat<result<T>> {
    using type = result<T>; ///< itself
};

} // namespace detail

/// Waits for any number of ends, children and times in one thread, and resumes the coroutine whose turn it is.
///
/// `co_await l.read_some(reader, buffer)` and the like may be used in a task, or in any other kind of coroutine that
/// the loop's thread resumes. What can be done at once is done without suspending; a stream that is always ready lets
/// the others have their turn all the same. A wait ends for its wait_limit as that of the blocking calls does: when the
/// deadline passes, with `timed_out`; when a stop is requested, from any thread, with `operation_canceled`.
///
/// The destructor destroys the tasks that were spawned and have not ended; what they wait for is called off. No other
/// coroutine may be waiting for the loop then.
///
/// *Ownership*: move-only. The awaitables refer to the loop, to the end or child, and to the memory they are given,
/// until they are done or destroyed.
/// *Threads*: one, but for post(). While nobody drives the loop, nothing is resumed; the system goes on with what it
/// does on its own (Windows: reads and writes under way).
/// *Systems*: Linux: one epoll set. Windows: one completion port; an end that has been waited for with one loop cannot
/// be waited for with another (CreateIoCompletionPort), and an end of make_pipe(), which is synchronous, takes a thread
/// while it is waited for.
/// *Example*: examples/many_children.cpp
/// *Source*: epoll(7), pidfd_open(2), eventfd(2); GetQueuedCompletionStatus, CreateThreadpoolWait.
class loop {
public:
    /// Makes a loop.
    ///
    /// *Errors*: `too_many_files_open`, `not_enough_memory`.
    [[nodiscard]] static result<loop> make();
    loop(loop&& other) noexcept;
    loop& operator=(loop&& other) noexcept;
    ~loop();

    /// Reads what is there, at least one byte, at most `into.size()`: as pipe_reader::read_some(), which it is
    /// awaited like. When the end is closed meanwhile: `operation_canceled`.
    ///
    /// *Errors*: those of pipe_reader::read_some(); `device_or_resource_busy`: another loop waits for this end.
    /// *Systems*: Windows: `invalid_argument` where another loop has waited for this end.
    [[nodiscard]] auto read_some(const pipe_reader& from, std::span<std::byte> into, const wait_limit& limit = {}) {
        return detail::awaiting_read(state_.get(), from, into, limit);
    }

    /// Writes all of `bytes`: as pipe_writer::write().
    ///
    /// *Errors*: those of pipe_writer::write() and of read_some() above. error::transferred bytes went into the pipe.
    /// *Threads*: two writes on one end at the same time follow each other.
    [[nodiscard]] auto write(const pipe_writer& to, const_buffer bytes, const wait_limit& limit = {}) {
        return detail::awaiting_write(state_.get(), to, bytes, limit);
    }
    /// The same for text.
    [[nodiscard]] auto write(const pipe_writer& to, std::string_view text, const wait_limit& limit = {}) {
        return detail::awaiting_write(state_.get(), to, std::as_bytes(std::span(text)), limit);
    }

    /// The same for the ends of a ring: tasks, to be awaited like the others.
    ///
    /// *Errors*: as those of the ring; `operation_not_supported` of ring_mode::shared.
    /// *Ownership*: the end and the memory are used until the task has ended or is destroyed.
    [[nodiscard]] task<result<std::size_t>> read_some(ring_reader& from, std::span<std::byte> into,
                                                      const wait_limit& limit = {});
    [[nodiscard]] task<result<void>> write(ring_writer& to, const_buffer bytes, const wait_limit& limit = {}); ///< all
    [[nodiscard]] task<result<void>> write(ring_writer& to, std::string_view text, const wait_limit& limit = {}) {
        return write(to, std::as_bytes(std::span(text)), limit);
    }

    /// Waits for the end of a child and reaps it: as child::wait().
    ///
    /// *Errors*: those of child::wait().
    [[nodiscard]] auto wait(const child& who, const wait_limit& limit = {}) {
        return detail::awaiting_end(state_.get(), who, limit);
    }

    /// Waits until a time.
    ///
    /// *Errors*: `operation_canceled`, `not_enough_memory`.
    [[nodiscard]] auto sleep_until(const deadline& when, std::stop_token stop = {}) {
        return detail::awaiting_time(state_.get(), when, std::move(stop));
    }

    /// Gives a task to the loop, which begins it in its next turn and destroys it when it has ended. What it throws
    /// leaves run().
    void spawn(task<void> what) noexcept;

    /// Has the loop's thread call this, in its next turn. What it throws leaves run().
    ///
    /// *Threads*: any, any number at a time.
    void post(std::move_only_function<void()> what);

    /// Drives the loop until every spawned task has ended, nothing is waited for, and nothing is posted.
    ///
    /// *Blocks*: until then.
    /// *Errors*: those of the system's wait; the loop can be driven again.
    [[nodiscard]] result<void> run();

    /// Drives the loop until a task has ended, and gives what it returned; a result as it is. Whatever else the loop
    /// has to do is done as long as that takes, and no longer.
    ///
    /// *Errors*: as run(); then the task is destroyed. What it throws is thrown.
    template <class T>
    [[nodiscard]] typename detail::flat<T>::type run(task<T> what) {
        if (auto driven = drive(what.self_.promise()); !driven) {
            return std::unexpected(std::move(driven).error());
        }
        if constexpr (std::is_void_v<T>) {
            what.self_.promise().take();
            return {};
        } else {
            return what.self_.promise().take();
        }
    }

    /// As run(), but no longer than until a time.
    ///
    /// *Returns*: whether nothing is left to do.
    [[nodiscard]] result<bool> run_until(const deadline& when);

private:
    explicit loop(std::unique_ptr<detail::loop_state> state) noexcept;
    result<void> drive(detail::task_promise_base& what);
    std::unique_ptr<detail::loop_state> state_;
    friend class detail::access;
};

/// Runs a command to its end as run() does, but on a loop: beside any number of others in one thread. Memory for an
/// output is taken when there is something in it.
///
/// *Blocks*: the loop for a moment, where end_policy::tree_gone() looks for the members of a tree (child::wait_tree()).
/// *Returns*: as run(), but run_result::holders stays unknown: to look for them would hold up the others.
/// *Errors*: those of run().
/// *Ownership*: takes the command; run_options::input must stay unchanged until the task has ended. A task that is
/// destroyed kills the child and reaps it.
/// *Threads*: the loop's.
/// *Example*: examples/many_children.cpp
/// *Source*: as run() and loop.
[[nodiscard]] task<result<run_result>> async_run(loop& on, command what, run_options options = {});

} // namespace windpipe

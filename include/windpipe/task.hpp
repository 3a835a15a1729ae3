// task.hpp - task<T>: a coroutine that begins when somebody waits for it.
#pragma once

#include <windpipe/error.hpp>

#include <atomic>
#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace windpipe {

template <class T = void>
class task;

namespace detail {

class loop_state;

/// A place in a ring of its like. Whoever goes, leaves the ring. One that stands alone is the head of an empty list.
struct link {
    link() noexcept = default;
    ~link() { unlink(); }
    link(const link&) = delete;
    link& operator=(const link&) = delete;

    [[nodiscard]] bool empty() const noexcept { return next == this; }
    void unlink() noexcept {
        next->previous = previous;
        previous->next = next;
        next = previous = this;
    }
    /// As a head: appends one that stands alone.
    void push_back(link& last) noexcept {
        last.next = this;
        last.previous = previous;
        previous->next = &last;
        previous = &last;
    }
    /// As a head: appends all that another head has.
    void append(link& other) noexcept {
        while (!other.empty()) {
            link& first = *other.next;
            first.unlink();
            push_back(first);
        }
    }

    link* next = this;
    link* previous = this;
};

// What the compiler calls through an object cannot well be static.
// NOLINTBEGIN(readability-convert-member-functions-to-static)

/// What the promises of all tasks have in common.
struct task_promise_base : link {
    /// At the end of a task its waiter goes on, or its loop hears of it.
    struct at_end {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        [[nodiscard]] std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> task) const noexcept {
            task_promise_base& its = task.promise();
            if (its.spawned_on != nullptr) {
                tell_loop(its);
                return std::noop_coroutine();
            }
            return its.met.exchange(true) ? its.waiter : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] at_end final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { thrown = std::current_exception(); }
    static void tell_loop(task_promise_base& ended) noexcept;

    std::coroutine_handle<> self;
    std::coroutine_handle<> waiter;
    std::atomic<bool> met = false; // of two, the end and the waiter's suspension, the second resumes the waiter
    std::exception_ptr thrown;
    loop_state* spawned_on = nullptr; // for a task that the loop began
    bool* ended = nullptr;            // whoever owns it is told here; null: the loop owns it
};

/// Where a task keeps its value: what is large has memory only from when it is there.
template <class T>
class task_value {
public:
    template <class Value>
    void set(Value&& what) {
        if constexpr (is_large) {
            value_ = std::make_unique<T>(std::forward<Value>(what));
        } else {
            value_.emplace(std::forward<Value>(what));
        }
    }
    T& get() noexcept { return *value_; }

private:
    static constexpr bool is_large = sizeof(T) > 128;
    std::conditional_t<is_large, std::unique_ptr<T>, std::optional<T>> value_;
};

/// The promise of a task<T>.
template <class T>
struct task_promise : task_promise_base {
    task<T> get_return_object() noexcept;
    template <std::convertible_to<T> Value = T>
    void return_value(Value&& what) {
        value.set(std::forward<Value>(what));
    }
    T take() {
        if (thrown) {
            std::rethrow_exception(std::move(thrown));
        }
        return std::move(value.get());
    }
    task_value<T> value;
};

/// The promise of a task without a value.
template <>
struct task_promise<void> : task_promise_base {
    task<void> get_return_object() noexcept; ///< the task
    void return_void() const noexcept {}     ///< at its end
    /// What it has thrown, if anything.
    void take() {
        if (thrown) {
            std::rethrow_exception(std::move(thrown));
        }
    }
};

} // namespace detail

/// A coroutine that returns a T. Nothing of it runs before it is waited for with `co_await`, or given to a loop.
///
/// What the coroutine throws, its waiter gets. Destroying a task that has not ended destroys all it has on its stack:
/// what it waits for is called off.
///
/// *Ownership*: move-only; owns the coroutine. What the coroutine was given by reference must outlive it.
/// *Threads*: one at a time; the loop's, once it runs on one.
/// *Example*: examples/many_children.cpp
template <class T>
class [[nodiscard]] task {
public:
    /// What makes a coroutine of a function that returns a task.
    using promise_type = detail::task_promise<T>;

    /// No coroutine.
    task() noexcept = default;
    task(task&& other) noexcept : self_(std::exchange(other.self_, nullptr)) {}
    task& operator=(task&& other) noexcept {
        if (this != &other) {
            reset();
            self_ = std::exchange(other.self_, nullptr);
        }
        return *this;
    }
    ~task() { reset(); }

    /// Whether there is a coroutine: false for a default-made or moved-from task.
    [[nodiscard]] explicit operator bool() const noexcept { return self_ != nullptr; }

    /// Begins it, and gives what it returns when it ends. To be done once.
    auto operator co_await() && noexcept {
        struct awaiting {
            std::coroutine_handle<promise_type> what;

            [[nodiscard]] bool await_ready() const noexcept { return false; }
            // Begun from here and not by way of the handle returned: a loop over tasks that end at once must not fill
            // the stack where the compiler makes no tail call of that.
            [[nodiscard]] bool await_suspend(std::coroutine_handle<> waiter) const noexcept {
                what.promise().waiter = waiter;
                what.resume();
                return !what.promise().met.exchange(true);
            }
            T await_resume() const { return what.promise().take(); }
        };
        return awaiting{self_};
    }

private:
    explicit task(promise_type& promise) noexcept : self_(std::coroutine_handle<promise_type>::from_promise(promise)) {
        promise.self = self_;
    }
    void reset() noexcept {
        if (self_ != nullptr) {
            self_.destroy();
            self_ = nullptr;
        }
    }

    std::coroutine_handle<promise_type> self_;
    friend promise_type;
    friend class loop;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
    return task<T>(*this);
}
inline task<void> task_promise<void>::get_return_object() noexcept { return task<void>(*this); }

} // namespace detail

// NOLINTEND(readability-convert-member-functions-to-static)

} // namespace windpipe

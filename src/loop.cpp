#include "loop_state.hpp"

#include "endpoint.hpp"
#include "process_state.hpp"

#include <algorithm>
#include <cassert>
#include <new>

namespace windpipe {

namespace detail {

using state = operation::state;
using kind = operation::kind;

namespace {

const wait_limit& limit_of(const operation& what) noexcept {
    static const wait_limit none;
    return what.limited != nullptr ? what.limited->limit : none;
}

} // namespace

void limited_operation::on_stop::operator()() const noexcept { what->on->stop(*what); }

void task_promise_base::tell_loop(task_promise_base& ended) noexcept { ended.spawned_on->has_ended(ended); }

result<std::unique_ptr<loop_state>> loop_state::make() {
    std::unique_ptr<loop_state> made;
    try {
        made.reset(new loop_state); // the deque takes memory
    } catch (const std::bad_alloc&) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "make loop"});
    }
    auto reactor = platform::reactor::make();
    if (!reactor) {
        return std::unexpected(std::move(reactor).error());
    }
    made->reactor_ = std::move(*reactor);
    return made;
}

loop_state::~loop_state() {
    for (link* const tasks : {&ended_, &spawned_, &fresh_}) {
        while (!tasks->empty()) {
            auto& task = static_cast<task_promise_base&>(*tasks->next);
            task.unlink();
            task.self.destroy();
        }
    }
    assert(waiting_ == 0 && "a coroutine waits for a loop that is destroyed");
}

// ---- operations

/// Whether there is nothing to wait for.
bool loop_state::is_done_unbegun(operation& what) noexcept {
    const bool moves = what.what == kind::read || what.what == kind::write;
    if ((moves || what.what == kind::readable) && (what.end == nullptr || what.end->closing())) {
        what.code = std::make_error_code(std::errc::bad_file_descriptor);
    } else if (limit_of(what).stop.stop_requested()) {
        what.code = std::make_error_code(std::errc::operation_canceled);
    } else {
        return moves && what.size == 0;
    }
    return true;
}

/// Whether it is done.
bool loop_state::start(operation& what) noexcept {
    if (is_done_unbegun(what)) {
        return true;
    }
    const deadline until = limit_of(what).until;
    const bool at_last = until.has_passed();
    bool done = false;
    if (what.what == kind::sleep) {
        done = at_last;
    } else if (what.what == kind::watch) {
        done = reactor_->begin(what, what.process->process().handle.get(), what.process->attached(), at_last);
    } else {
        done = reactor_->begin(what, what.end->handle(), what.end->attached(), at_last);
    }
    if (done) {
        return true;
    }
    what.now = state::under_way;
    if (at_last) {
        if (reactor_->cancel(what)) {
            what.code = std::make_error_code(std::errc::timed_out);
        }
        return true;
    }
    if (until.is_never()) {
        return false;
    }
    what.limited->due = until.at();
    if (!timers_.add(*what.limited)) {
        if (what.what == kind::sleep || reactor_->cancel(what)) {
            what.code = std::make_error_code(std::errc::not_enough_memory);
        }
        return true;
    }
    return false;
}

bool loop_state::begin(operation& what) noexcept {
    assert(what.now == state::idle);
    if (start(what)) {
        what.now = state::idle;
        if (at_once_ > 0) {
            --at_once_;
            return true;
        }
        what.now = state::done;
        reactor_->done().push_back(what);
    } else if (limit_of(what).stop.stop_possible()) {
        what.limited->stopper.emplace(what.limited->limit.stop, limited_operation::on_stop{what.limited});
    }
    ++waiting_;
    return false;
}

/// Leaves every list. The stopper first: afterwards no other thread knows the operation.
void loop_state::settle(operation& what) noexcept {
    if (limited_operation* const limited = what.limited) {
        if (limited->stopper) {
            limited->stopper.reset();
            const std::scoped_lock lock(mutex_);
            limited->stopped.unlink();
        }
        timers_.remove(*limited);
    }
    what.unlink();
    what.now = state::idle;
    --waiting_;
}

void loop_state::call_off(operation& what) noexcept {
    if (what.now == state::under_way && what.what != kind::sleep) {
        (void)reactor_->cancel(what);
    }
    settle(what);
}

/// Done by a deadline or a stop, unless it is done already.
void loop_state::be_done(operation& what, std::errc why) noexcept {
    if (what.now == state::done) {
        return;
    }
    const bool slept = what.what == kind::sleep;
    if (slept ? why == std::errc::operation_canceled : reactor_->cancel(what)) {
        what.code = std::make_error_code(why);
    }
    what.now = state::done;
    reactor_->done().push_back(what);
}

void loop_state::stop(limited_operation& what) noexcept {
    {
        const std::scoped_lock lock(mutex_);
        stopped_.push_back(what.stopped);
    }
    tell();
}

// ---- tasks and posts

void loop_state::spawn(task_promise_base& what, bool* ended) noexcept {
    what.spawned_on = this;
    what.ended = ended;
    fresh_.push_back(what);
}

void loop_state::has_ended(task_promise_base& what) noexcept {
    what.unlink();
    if (what.ended != nullptr) {
        *what.ended = true;
        return;
    }
    if (what.thrown && !thrown_) {
        thrown_ = what.thrown;
    }
    ended_.push_back(what); // not destroyed here: it is still being left
}

void loop_state::post(std::move_only_function<void()> what) {
    {
        const std::scoped_lock lock(mutex_);
        posted_.push_back(std::move(what));
    }
    tell();
}

void loop_state::tell() noexcept {
    if (!told_.exchange(true)) {
        reactor_->wake();
    }
}

// ---- turns

/// Those that are there now: what they post in their turn waits, so that the others get theirs.
void loop_state::call_posted() {
    std::unique_lock lock(mutex_);
    for (std::size_t left = posted_.size(); left > 0; --left) {
        auto next = std::move(posted_.front());
        posted_.pop_front();
        lock.unlock();
        next();
        lock.lock();
    }
}

void loop_state::call_off_stopped() noexcept {
    std::unique_lock lock(mutex_);
    while (!stopped_.empty()) {
        auto& next = static_cast<limited_operation::stop_link&>(*stopped_.next);
        next.unlink();
        lock.unlock();
        be_done(*next.owner, std::errc::operation_canceled);
        lock.lock();
    }
}

void loop_state::begin_spawned() noexcept {
    link now;
    now.append(fresh_);
    while (!now.empty()) {
        auto& task = static_cast<task_promise_base&>(*now.next);
        task.unlink();
        spawned_.push_back(task);
        task.self.resume();
    }
}

void loop_state::expire() noexcept {
    if (timers_.empty()) {
        return;
    }
    const auto now = deadline::clock::now();
    while (!timers_.empty() && timers_.first().due <= now) {
        timer& due = timers_.first();
        timers_.remove(due);
        be_done(static_cast<limited_operation&>(due), std::errc::timed_out);
    }
}

void loop_state::resume_done() {
    resuming_.append(reactor_->done());
    while (!resuming_.empty()) {
        auto& next = static_cast<operation&>(*resuming_.next);
        const auto waiter = next.waiter;
        settle(next);
        waiter.resume();
    }
}

void loop_state::destroy_ended() noexcept {
    while (!ended_.empty()) {
        auto& task = static_cast<task_promise_base&>(*ended_.next);
        task.unlink();
        task.self.destroy();
    }
}

void loop_state::turn() {
    at_once_ = most_at_once;
    if (told_.load()) {
        call_off_stopped();
        call_posted();
        const std::scoped_lock lock(mutex_);
        told_.store(!posted_.empty() || !stopped_.empty());
    }
    begin_spawned();
    expire();
    resume_done();
    destroy_ended();
    if (thrown_) {
        std::rethrow_exception(std::exchange(thrown_, nullptr));
    }
}

bool loop_state::is_idle() noexcept { return waiting_ == 0 && fresh_.empty() && spawned_.empty() && !told_.load(); }

/// Whether the next turn has something to do already.
bool loop_state::has_more() noexcept { return !reactor_->done().empty() || !fresh_.empty() || told_.load(); }

deadline loop_state::next_wake() const noexcept { return timers_.empty() ? never : deadline(timers_.first().due); }

result<bool> loop_state::drive(const deadline& until, const bool* ended) {
    while (true) {
        turn();
        if (ended != nullptr ? *ended : is_idle()) {
            return true;
        }
        if (until.has_passed()) {
            return false;
        }
        const deadline wake = has_more() ? deadline(deadline::clock::time_point{}) : std::min(until, next_wake());
        if (auto waited = reactor_->wait(wake); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

} // namespace detail

// ---- the loop as its users see it

loop::loop(std::unique_ptr<detail::loop_state> state) noexcept : state_(std::move(state)) {}
loop::loop(loop&& other) noexcept = default;
loop& loop::operator=(loop&& other) noexcept = default;
loop::~loop() = default;

result<loop> loop::make() {
    auto state = detail::loop_state::make();
    return state ? result<loop>(loop(std::move(*state))) : std::unexpected(std::move(state).error());
}

void loop::spawn(task<void> what) noexcept {
    assert(what && "a task without a coroutine");
    state_->spawn(std::exchange(what.self_, nullptr).promise(), nullptr);
}

void loop::post(std::move_only_function<void()> what) { state_->post(std::move(what)); }

result<void> loop::run() {
    auto driven = state_->drive(never, nullptr);
    return driven ? result<void>() : std::unexpected(std::move(driven).error());
}

result<bool> loop::run_until(const deadline& when) { return state_->drive(when, nullptr); }

result<void> loop::drive(detail::task_promise_base& what) {
    bool ended = false;
    state_->spawn(what, &ended);
    auto driven = state_->drive(never, &ended);
    return driven ? result<void>() : std::unexpected(std::move(driven).error());
}

} // namespace windpipe

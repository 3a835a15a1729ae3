#include "access.hpp"
#include "any_of.hpp"
#include "core/capture_buffer.hpp"
#include "core/ending.hpp"
#include "listener.hpp"

#include <windpipe/async.hpp>
#include <windpipe/run.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <utility>

namespace windpipe {

namespace {

using detail::access;

constexpr std::size_t in_slot = 0;
constexpr std::size_t out_slot = 1;
constexpr std::size_t err_slot = 2;
constexpr std::size_t process_slot = 3;
constexpr std::size_t limit_slot = 4;

error no_memory() { return {std::make_error_code(std::errc::not_enough_memory), "capture"}; }

/// Feeds and drains one child as run() does, a step at a time. It waits beside thousands of its like, most of them
/// silent at any time: it has memory for what it waits for, and for a stream when there is something in it.
class async_session {
public:
    /// The options must stay until the session is gone.
    async_session(detail::loop_state& on, result<child> started, const run_options& options)
        : child_(std::move(started)), options_(options), ear_(options), left_(options.input),
          end_(options.end, options.limit, 1), steps_(on) {
        if (child_) {
            fail_unless(begin());
        }
    }

    /// Whether there is something left to wait for.
    [[nodiscard]] bool goes_on() const noexcept {
        return child_ && end_.goes_on(steps_.is_busy(out_slot) || steps_.is_busy(err_slot));
    }
    [[nodiscard]] detail::any_of::next_done next() noexcept { return steps_.next(); }
    /// The step of a slot is done.
    void handle(std::size_t slot) { fail_unless(take_step(slot)); }
    result<run_result> finish();

private:
    void fail_unless(result<void> done) noexcept;
    result<void> begin();
    result<void> feed();
    result<void> listen(std::size_t slot);
    result<void> set_limit();
    result<void> take_step(std::size_t slot);
    result<void> handle_slot(std::size_t slot);
    result<void> handle_written();
    result<void> handle_readable(std::size_t slot);
    result<std::size_t> take(std::size_t slot, std::size_t there);
    pipe_reader& reader_of(std::size_t slot) { return slot == out_slot ? child_->out : child_->err; }
    capture_buffer* kept_of(std::size_t slot) noexcept;
    result<void> handle_exit();
    result<bool> watch_tree();
    result<void> drain_rest();
    result<run_result> collect(exit_status status);
    void stop_feeding();

    result<child> child_; // or why the session has failed: then the child has been killed
    const run_options& options_;
    detail::listener ear_;
    std::string_view left_;                               // of the input
    std::array<std::unique_ptr<capture_buffer>, 2> kept_; // of the outputs, once they have something
    ending end_;
    deadline limit_set_;
    std::unique_ptr<detail::process_state> member_; // of the child's tree, the one that is watched
    detail::any_of steps_;                          // last: it lets go of the ends first
};

void async_session::fail_unless(result<void> done) noexcept {
    if (!done) {
        steps_.let_go_of_all();
        child_ = std::unexpected(std::move(done).error());
    }
}

result<void> async_session::begin() {
    if (auto fed = child_->in.is_open() ? feed() : result<void>(); !fed) {
        return fed;
    }
    if (auto heard = listen(out_slot); !heard) {
        return heard;
    }
    if (auto heard = listen(err_slot); !heard) {
        return heard;
    }
    return steps_.watch(process_slot, access::process_of(*child_)) ? set_limit() : std::unexpected(no_memory());
}

result<void> async_session::listen(std::size_t slot) {
    const pipe_reader& from = reader_of(slot);
    return !from.is_open() || steps_.wait_readable(slot, *access::endpoint_of(from)) ? result<void>()
                                                                                     : std::unexpected(no_memory());
}

/// Null: no memory.
capture_buffer* async_session::kept_of(std::size_t slot) noexcept {
    auto& place = kept_[slot - out_slot];
    if (place == nullptr) {
        place.reset(new (std::nothrow) capture_buffer(slot == out_slot ? options_.out : options_.err));
    }
    return place.get();
}

result<void> async_session::feed() {
    if (left_.empty()) {
        child_->in.close();
        return {};
    }
    return steps_.write(in_slot, *access::endpoint_of(child_->in), std::as_bytes(std::span(left_)))
               ? result<void>()
               : std::unexpected(no_memory());
}

/// Before each wait.
result<void> async_session::set_limit() {
    const deadline next = end_.next_look();
    if (steps_.is_busy(limit_slot) ? next == limit_set_ : next.is_never() && !options_.limit.stop.stop_possible()) {
        return {};
    }
    steps_.cancel(limit_slot);
    limit_set_ = next;
    return steps_.sleep(limit_slot, {.until = next, .stop = options_.limit.stop}) ? result<void>()
                                                                                  : std::unexpected(no_memory());
}

result<void> async_session::take_step(std::size_t slot) {
    auto handled = handle_slot(slot);
    return handled && goes_on() ? set_limit() : handled;
}

result<void> async_session::handle_slot(std::size_t slot) {
    switch (slot) {
    case in_slot:
        return handle_written();
    case process_slot:
        return handle_exit();
    case limit_slot:
        end_.waited_in_vain();
        return {};
    default:
        return handle_readable(slot);
    }
}

result<void> async_session::handle_written() {
    const std::error_code code = steps_[in_slot].code;
    left_.remove_prefix(steps_.let_go(in_slot));
    child_->in.close();
    if (code && code != std::errc::broken_pipe) { // then the child has enough: no error
        return std::unexpected(error{code, "write", "standard input"});
    }
    return {};
}

/// Takes what is there, as far as that is known, without waiting. 0: the end of the stream; nothing there is timed_out.
result<std::size_t> async_session::take(std::size_t slot, std::size_t there) {
    pipe_reader& from = reader_of(slot);
    const wait_limit at_once{.until = deadline::clock::time_point{}};
    std::array<std::byte, 1> probe{};
    result<std::size_t> n = 0;
    if (there == 0) { // most likely the end, for which no memory is needed
        n = from.read_some(probe, at_once);
        if (!n || *n == 0) {
            return n;
        }
    }
    capture_buffer* const kept = kept_of(slot);
    const auto room = kept != nullptr ? kept->room(std::max<std::size_t>(there, 1)) : std::span<std::byte>();
    if (room.empty()) {
        return std::unexpected(no_memory());
    }
    if (there == 0) {
        room.front() = probe.front();
    } else {
        n = from.read_some(room, at_once);
        if (!n || *n == 0) {
            return n;
        }
    }
    const output_stream which = slot == out_slot ? output_stream::out : output_stream::err;
    if (auto heard = ear_.hear(which, room.first(*n)); !heard) {
        return std::unexpected(std::move(heard).error());
    }
    if (!kept->took(*n)) {
        return std::unexpected(no_memory());
    }
    return n;
}

result<void> async_session::handle_readable(std::size_t slot) {
    pipe_reader& from = reader_of(slot);
    if (const auto code = steps_[slot].code) {
        return std::unexpected(error{code, "read", slot == out_slot ? "standard output" : "standard error"});
    }
    auto n = take(slot, from.available().value_or(0));
    if (!n && n.error().code != std::errc::timed_out) {
        return std::unexpected(std::move(n).error());
    }
    if (n && *n == 0) {
        steps_.let_go(slot);
        from.close();
        return {};
    }
    end_.output_came();
    return steps_.wait_readable(slot, *access::endpoint_of(from)) ? result<void>() : std::unexpected(no_memory());
}

/// The child or another member of its tree has ended: watches the next one. False: there is none.
result<bool> async_session::watch_tree() {
    auto next = access::process_of(*child_).tree_member();
    if (!next) {
        return std::unexpected(std::move(next).error());
    }
    if (!next->handle) {
        return false;
    }
    member_.reset(new (std::nothrow) detail::process_state);
    if (member_ == nullptr) {
        return std::unexpected(no_memory());
    }
    member_->began(std::move(*next));
    return steps_.watch(process_slot, *member_) ? result<bool>(true) : std::unexpected(no_memory());
}

result<void> async_session::handle_exit() {
    if (const auto code = steps_[process_slot].code) {
        return std::unexpected(error{code, "wait"});
    }
    if (end_.waits_for_trees()) {
        if (auto goes_on = watch_tree(); !goes_on || *goes_on) {
            return goes_on ? result<void>{} : std::unexpected(std::move(goes_on).error());
        }
    }
    end_.child_ended();
    steps_.let_go(process_slot);
    if (auto status = child_->try_wait(); !status) { // reaped at once: how long it took ends here
        return std::unexpected(std::move(status).error());
    }
    if (!end_.feeds_on()) {
        stop_feeding();
    }
    return {};
}

void async_session::stop_feeding() {
    if (steps_.is_busy(in_slot)) {
        left_.remove_prefix(steps_.let_go(in_slot));
        child_->in.close();
    }
}

/// What the child wrote before it ended is in the pipes. Somebody else may hold the write ends and write on and on:
/// that is not waited for.
result<void> async_session::drain_rest() {
    for (const std::size_t slot : {out_slot, err_slot}) {
        steps_.let_go(slot);
        pipe_reader& from = reader_of(slot);
        std::size_t there = from.available().value_or(0);
        for (std::size_t allowed = there + capture_buffer::piece; from.is_open() && allowed > 0;) {
            auto n = take(slot, there);
            if (!n && n.error().code == std::errc::timed_out) {
                break;
            }
            if (!n) {
                return std::unexpected(std::move(n).error());
            }
            if (*n == 0) {
                from.close();
            }
            allowed -= std::min(allowed, *n);
            there = from.available().value_or(0);
        }
    }
    return {};
}

result<run_result> async_session::finish() {
    if (child_ && end_.cut_short()) {
        fail_unless(child_->kill());
    }
    if (!child_) {
        return std::unexpected(child_.error());
    }
    auto status = child_->wait(); // it has ended, or was killed
    if (!status) {
        return std::unexpected(std::move(status).error());
    }
    stop_feeding();
    if (auto drained = drain_rest(); !drained) {
        return std::unexpected(std::move(drained).error());
    }
    if (auto told = ear_.finish(); !told) {
        return std::unexpected(std::move(told).error());
    }
    return collect(*status);
}

result<run_result> async_session::collect(exit_status status) {
    run_result done;
    done.writers_alive = child_->out.is_open() || child_->err.is_open();
    done.ended_by = end_.why(done.writers_alive);
    done.status = status;
    done.usage = *child_->usage();
    done.input_written = options_.input.size() - left_.size();
    if (kept_[0] != nullptr) {
        done.out = kept_[0]->take();
    }
    if (kept_[1] != nullptr) {
        done.err = kept_[1]->take();
    }
    return done;
}

/// The command has done its duty then, and gives back its memory.
result<child> start(std::unique_ptr<command> what, const run_options& options) {
    const bool feeds = std::holds_alternative<inherit_t>(access::in_of(*what));
    if (!feeds && !options.input.empty()) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "open stdin",
                                     "the command sets its own standard input, and it was given input as well"});
    }
    auto started = access::spawn(*what, true);
    if (started && !feeds) {
        started->in.close(); // in(piped) by the caller: nobody else could write to it
    }
    return started;
}

task<result<run_result>> run_on(detail::loop_state& on, std::unique_ptr<command> what, run_options options) {
    async_session session(on, start(std::move(what), options), options);
    while (session.goes_on()) {
        session.handle(co_await session.next());
    }
    co_return session.finish();
}

} // namespace

// No coroutine itself: the parameters of one live as long as it does.
task<result<run_result>> async_run(loop& on, command what, run_options options) {
    return run_on(access::state_of(on), std::make_unique<command>(std::move(what)), std::move(options));
}

} // namespace windpipe

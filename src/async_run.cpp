#include "access.hpp"
#include "any_of.hpp"
#include "core/capture_buffer.hpp"
#include "core/ending.hpp"
#include "listener.hpp"

#include <windpipe/async.hpp>
#include <windpipe/run.hpp>

#include <algorithm>
#include <array>
#include <optional>
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

/// Feeds and drains one child as run() does, a step at a time. Memory for a stream is taken when there is something in
/// it: of thousands of children, most are silent at any time.
class async_session {
public:
    async_session(detail::loop_state& on, child& who, const run_options& options)
        : child_(who), options_(options), ear_(options), left_(options.input),
          streams_{stream(who.out, options.out), stream(who.err, options.err)}, end_(options.end, options.limit, 1),
          steps_(on) {}

    void begin();
    [[nodiscard]] detail::any_of& steps() noexcept { return steps_; }
    /// Whether there is something left to wait for.
    [[nodiscard]] bool goes_on() const noexcept {
        return end_.goes_on(steps_.is_busy(out_slot) || steps_.is_busy(err_slot));
    }
    /// Before each wait.
    void set_limit();
    /// A step is done. Whether the session can go on.
    result<void> handle(std::size_t slot);
    result<run_result> finish();

private:
    struct stream {
        stream(pipe_reader& from, capture_limit limit) : reader(from), kept(limit) {}
        pipe_reader& reader;
        capture_buffer kept;
    };

    void feed();
    result<void> handle_written();
    result<void> handle_readable(std::size_t slot);
    result<std::size_t> take(stream& from, output_stream which);
    result<void> handle_exit();
    result<bool> watch_tree();
    result<void> drain_rest();
    [[nodiscard]] bool outputs_open() const { return streams_[0].reader.is_open() || streams_[1].reader.is_open(); }

    child& child_;
    const run_options& options_;
    detail::listener ear_;
    std::string_view left_; // of the input
    std::array<stream, 2> streams_;
    ending end_;
    deadline limit_set_;
    std::optional<detail::process_state> member_; // of the child's tree, the one that is watched
    detail::any_of steps_;                        // last: it lets go of the ends first
};

void async_session::begin() {
    if (child_.in.is_open()) {
        feed();
    }
    for (const std::size_t slot : {out_slot, err_slot}) {
        if (stream& from = streams_[slot - out_slot]; from.reader.is_open()) {
            steps_.wait_readable(slot, *access::endpoint_of(from.reader));
        }
    }
    steps_.watch(process_slot, access::process_of(child_));
}

void async_session::feed() {
    if (left_.empty()) {
        child_.in.close();
        return;
    }
    steps_.write(in_slot, *access::endpoint_of(child_.in), std::as_bytes(std::span(left_)));
}

void async_session::set_limit() {
    const deadline next = end_.next_look();
    if (steps_.is_busy(limit_slot) ? next == limit_set_ : next.is_never() && !options_.limit.stop.stop_possible()) {
        return;
    }
    steps_.cancel(limit_slot);
    steps_.sleep(limit_slot, {.until = next, .stop = options_.limit.stop});
    limit_set_ = next;
}

result<void> async_session::handle(std::size_t slot) {
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
    const detail::operation& done = steps_[in_slot];
    left_.remove_prefix(done.bytes);
    child_.in.close();
    if (done.code && done.code != std::errc::broken_pipe) { // then the child has enough: no error
        return std::unexpected(error{done.code, "write", "standard input"});
    }
    return {};
}

/// Takes what is there without waiting. 0: the end of the stream; nothing there is timed_out.
result<std::size_t> async_session::take(stream& from, output_stream which) {
    const wait_limit at_once{.until = deadline::clock::time_point{}};
    const std::size_t there = from.reader.available().value_or(0);
    std::array<std::byte, 1> probe{};
    result<std::size_t> n = 0;
    if (there == 0) { // most likely the end, for which no memory is needed
        n = from.reader.read_some(probe, at_once);
        if (!n || *n == 0) {
            return n;
        }
    }
    const auto room = from.kept.room(std::max<std::size_t>(there, 1));
    if (room.empty()) {
        return std::unexpected(no_memory());
    }
    if (there == 0) {
        room.front() = probe.front();
    } else {
        n = from.reader.read_some(room, at_once);
        if (!n || *n == 0) {
            return n;
        }
    }
    if (auto heard = ear_.hear(which, room.first(*n)); !heard) {
        return std::unexpected(std::move(heard).error());
    }
    if (!from.kept.took(*n)) {
        return std::unexpected(no_memory());
    }
    return n;
}

result<void> async_session::handle_readable(std::size_t slot) {
    stream& from = streams_[slot - out_slot];
    if (const auto code = steps_[slot].code) {
        return std::unexpected(error{code, "read", slot == out_slot ? "standard output" : "standard error"});
    }
    auto n = take(from, slot == out_slot ? output_stream::out : output_stream::err);
    if (!n && n.error().code != std::errc::timed_out) {
        return std::unexpected(std::move(n).error());
    }
    if (n && *n == 0) {
        from.reader.close();
        return {};
    }
    end_.output_came();
    steps_.wait_readable(slot, *access::endpoint_of(from.reader));
    return {};
}

/// The child or another member of its tree has ended: watches the next one. False: there is none.
result<bool> async_session::watch_tree() {
    auto next = access::process_of(child_).tree_member();
    if (!next) {
        return std::unexpected(std::move(next).error());
    }
    if (!next->handle) {
        return false;
    }
    member_.emplace().began(std::move(*next));
    steps_.watch(process_slot, *member_);
    return true;
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
    if (auto status = child_.try_wait(); !status) { // reaped at once: how long it took ends here
        return std::unexpected(std::move(status).error());
    }
    if (!end_.feeds_on() && steps_.is_busy(in_slot)) {
        steps_.cancel(in_slot);
        left_.remove_prefix(steps_[in_slot].bytes);
        child_.in.close();
    }
    return {};
}

/// What the child wrote before it ended is in the pipes. Somebody else may hold the write ends and write on and on:
/// that is not waited for.
result<void> async_session::drain_rest() {
    for (const std::size_t slot : {out_slot, err_slot}) {
        stream& from = streams_[slot - out_slot];
        steps_.cancel(slot);
        std::size_t allowed = from.reader.available().value_or(0) + capture_buffer::piece;
        while (from.reader.is_open() && allowed > 0) {
            auto n = take(from, slot == out_slot ? output_stream::out : output_stream::err);
            if (!n && n.error().code == std::errc::timed_out) {
                break;
            }
            if (!n) {
                return std::unexpected(std::move(n).error());
            }
            if (*n == 0) {
                from.reader.close();
            }
            allowed -= std::min(allowed, *n);
        }
    }
    return {};
}

result<run_result> async_session::finish() {
    if (end_.cut_short()) {
        if (auto done = child_.kill(); !done) {
            return std::unexpected(std::move(done).error());
        }
    }
    auto status = child_.wait(); // it has ended, or was killed
    if (!status) {
        return std::unexpected(std::move(status).error());
    }
    if (steps_.is_busy(in_slot)) {
        steps_.cancel(in_slot);
        left_.remove_prefix(steps_[in_slot].bytes);
    }
    if (auto drained = drain_rest(); !drained) {
        return std::unexpected(std::move(drained).error());
    }
    if (auto told = ear_.finish(); !told) {
        return std::unexpected(std::move(told).error());
    }
    run_result done;
    done.writers_alive = outputs_open();
    done.ended_by = end_.why(done.writers_alive);
    done.status = *status;
    done.usage = *child_.usage();
    done.input_written = options_.input.size() - left_.size();
    done.out = streams_[0].kept.take();
    done.err = streams_[1].kept.take();
    return done;
}

} // namespace

task<result<run_result>> async_run(loop& on, command what, run_options options) {
    const bool feeds = std::holds_alternative<inherit_t>(access::in_of(what));
    if (!feeds && !options.input.empty()) {
        co_return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "open stdin",
                                        "the command sets its own standard input, and it was given input as well"});
    }
    auto started = access::spawn(what, true);
    if (!started) {
        co_return std::unexpected(std::move(started).error());
    }
    if (!feeds) {
        started->in.close(); // in(piped) by the caller: nobody else could write to it
    }
    async_session session(access::state_of(on), *started, options);
    session.begin();
    while (session.goes_on()) {
        session.set_limit();
        const std::size_t slot = co_await session.steps().next();
        if (auto handled = session.handle(slot); !handled) {
            co_return std::unexpected(std::move(handled).error());
        }
    }
    co_return session.finish();
}

} // namespace windpipe

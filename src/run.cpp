#include "access.hpp"
#include "core/capture_buffer.hpp"
#include "core/pipe_budget.hpp"
#include "process_state.hpp"

#include <windpipe/run.hpp>

#include <algorithm>
#include <array>

namespace windpipe {

namespace {

using rule = end_policy::rule;

constexpr std::size_t in_slot = 0;
constexpr std::size_t out_slot = 1;
constexpr std::size_t err_slot = 2;
constexpr std::size_t process_slot = 3;

/// Enlarges the pipe of a stream that has proved to carry much. Where it may not, the stream goes on as it is.
class bulk_watch {
public:
    void moved(std::size_t bytes, native_handle end) {
        moved_ += bytes;
        if (moved_ >= pipe_budget::bulk && !asked_) {
            asked_ = true;
            share_ = pipe_budget::take();
            if (share_ && !platform::enlarge(end, pipe_budget::large)) {
                share_ = {};
            }
        }
    }

private:
    std::size_t moved_ = 0;
    bool asked_ = false;
    pipe_budget::lease share_;
};

/// Feeds and drains one child until the end policy is met, its limit passes, or a call fails.
class session {
public:
    session(child& who, const run_options& options)
        : child_(who), options_(options), left_(options.input),
          streams_{stream(who.out, options.out), stream(who.err, options.err)} {}

    result<run_result> drive();

private:
    struct stream {
        stream(pipe_reader& from, capture_limit limit) : reader(from), kept(limit), reading(from.is_open()) {}
        pipe_reader& reader;
        capture_buffer kept;
        bulk_watch bulk;
        std::size_t allowed = no_limit; // bytes that may still come
        bool reading;                   // an operation is under way
    };

    void feed();
    result<void> take_more(std::size_t slot);
    result<ended_by> pump();
    result<void> step(const wait_limit& limit);
    result<void> handle(const platform::completion& done);
    result<void> handle_read(const platform::completion& done);
    void handle_exit();
    void stop_at_what_is_there();
    result<void> drain_rest();

    /// The child has exited, and that is all that matters now.
    [[nodiscard]] bool only_drains() const { return exited_ && options_.end.when == rule::exited_and_drained; }
    [[nodiscard]] bool reading() const { return streams_[0].reading || streams_[1].reading; }
    [[nodiscard]] bool outputs_open() const { return streams_[0].reader.is_open() || streams_[1].reader.is_open(); }
    [[nodiscard]] deadline next_deadline() const;

    child& child_;
    const run_options& options_;
    std::string_view left_; // of the input
    bulk_watch fed_;
    std::array<stream, 2> streams_;
    bool exited_ = false;
    deadline quiet_until_;
    platform::exchange exchange_; // last: it lets go of the buffers first
};

void session::feed() {
    if (left_.empty()) {
        child_.in.close();
        return;
    }
    exchange_.write(in_slot, child_.in.native_handle(), std::as_bytes(std::span(left_)));
}

std::unexpected<error> no_memory() {
    return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "capture"});
}

result<void> session::take_more(std::size_t slot) {
    stream& from = streams_[slot - out_slot];
    from.reading = from.allowed > 0;
    if (from.reading) {
        const auto room = from.kept.room();
        if (room.empty()) {
            return no_memory();
        }
        exchange_.read(slot, from.reader.native_handle(), room);
    }
    return {};
}

result<void> session::handle_read(const platform::completion& done) {
    stream& from = streams_[done.slot - out_slot];
    from.reading = false;
    if (done.code) {
        return std::unexpected(error{done.code, "read", done.slot == out_slot ? "standard output" : "standard error"});
    }
    if (done.bytes == 0) {
        from.reader.close();
        return {};
    }
    if (options_.on_output) {
        options_.on_output(done.slot == out_slot ? output_stream::out : output_stream::err,
                           from.kept.last_room().first(done.bytes));
    }
    if (!from.kept.took(done.bytes)) {
        return no_memory();
    }
    from.bulk.moved(done.bytes, from.reader.native_handle());
    if (from.allowed != no_limit) {
        from.allowed -= std::min(from.allowed, done.bytes);
    }
    if (exited_) {
        quiet_until_ = options_.end.quiet_for;
    }
    return take_more(done.slot);
}

void session::handle_exit() {
    exited_ = true;
    quiet_until_ = options_.end.quiet_for;
    if (options_.end.when != rule::end_of_stream && child_.in.is_open()) {
        left_.remove_prefix(exchange_.cancel(in_slot));
        child_.in.close();
    }
    if (only_drains()) {
        stop_at_what_is_there();
    }
}

/// What the child wrote before it ended is in the pipes (and in a read that is just done). Somebody else may hold the
/// write ends and write on and on: that is not waited for.
void session::stop_at_what_is_there() {
    for (stream& from : streams_) {
        if (from.reading) {
            from.allowed = from.reader.available().value_or(0) + capture_buffer::piece;
        }
    }
}

result<void> session::handle(const platform::completion& done) {
    if (done.slot == process_slot) {
        handle_exit();
        return {};
    }
    if (done.slot != in_slot) {
        return handle_read(done);
    }
    if (done.code == std::errc::broken_pipe) {
        child_.in.close(); // the child has enough: no error
        return {};
    }
    if (done.code) {
        return std::unexpected(error{done.code, "write", "standard input"});
    }
    left_.remove_prefix(done.bytes);
    fed_.moved(done.bytes, child_.in.native_handle());
    feed();
    return {};
}

/// Until when to wait for the next event: the caller's deadline, or that of the end policy if it is sooner.
deadline session::next_deadline() const {
    if (only_drains()) {
        return deadline::clock::time_point{};
    }
    const bool waits_for_quiet = exited_ && options_.end.when == rule::exited_and_quiet;
    return waits_for_quiet ? std::min(options_.limit.until, quiet_until_) : options_.limit.until;
}

result<void> session::step(const wait_limit& limit) {
    interruption interrupted(limit);
    auto done = exchange_.next(interrupted);
    return done ? handle(*done) : std::unexpected(std::move(done).error());
}

/// Moves bytes until the end policy is met or the limit passes.
result<ended_by> session::pump() {
    while (!exited_ || reading()) {
        // Asked every time: as long as something is ready, no call below has to wait and notice it.
        if (!only_drains() && options_.limit.until.has_passed()) {
            return ended_by::timed_out;
        }
        const auto stepped = step({.until = next_deadline(), .stop = options_.limit.stop});
        if (stepped) {
            continue;
        }
        if (stepped.error().code == std::errc::operation_canceled) {
            return ended_by::canceled;
        }
        if (stepped.error().code != std::errc::timed_out) {
            return std::unexpected(stepped.error());
        }
        if (only_drains()) {
            return ended_by::drained;
        }
        if (exited_ && options_.end.when == rule::exited_and_quiet && quiet_until_.has_passed()) {
            return ended_by::quiet;
        }
    }
    return outputs_open() ? ended_by::drained : ended_by::end_of_stream;
}

/// Takes what is in the pipes without waiting, when the child is gone.
result<void> session::drain_rest() {
    stop_at_what_is_there();
    while (reading()) {
        if (auto stepped = step({.until = deadline::clock::time_point{}}); !stepped) {
            return stepped.error().code == std::errc::timed_out ? result<void>{} : stepped;
        }
    }
    return {};
}

result<run_result> session::drive() {
    if (child_.in.is_open()) {
        feed();
    }
    for (const std::size_t slot : {out_slot, err_slot}) {
        if (streams_[slot - out_slot].reading) {
            if (auto taken = take_more(slot); !taken) {
                return std::unexpected(std::move(taken).error());
            }
        }
    }
    exchange_.watch(process_slot, detail::access::process_of(child_).process());
    const auto ended = pump();
    if (!ended) {
        return std::unexpected(ended.error());
    }
    run_result result;
    result.ended_by = *ended;
    if (*ended == ended_by::timed_out || *ended == ended_by::canceled) {
        if (auto killed = child_.kill(); !killed) {
            return std::unexpected(std::move(killed).error());
        }
    }
    auto status = child_.wait();
    if (!status) {
        return std::unexpected(std::move(status).error());
    }
    if (auto drained = drain_rest(); !drained) {
        return std::unexpected(std::move(drained).error());
    }
    result.status = *status;
    result.usage = *child_.usage();
    result.writers_alive = outputs_open();
    result.input_written = options_.input.size() - left_.size();
    result.out = streams_[0].kept.take();
    result.err = streams_[1].kept.take();
    return result;
}

} // namespace

std::string capture::text() const {
    if (skipped == 0) {
        return head.str() + tail;
    }
    return head.str() + "\n[... " + std::to_string(skipped) + " bytes not kept ...]\n" + tail;
}

result<run_result> run(command& what, const run_options& options) {
    using detail::access;
    const bool feeds = std::holds_alternative<inherit_t>(access::in_of(what));
    if (!feeds && !options.input.empty()) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "open stdin",
                                     "the command sets its own standard input, and run() was given input as well"});
    }
    auto started = access::spawn(what, true);
    if (!started) {
        return std::unexpected(std::move(started).error());
    }
    if (!feeds) {
        started->in.close(); // in(piped) by the caller: nobody else could write to it
    }
    return session(*started, options).drive();
}

result<run_result> run(command&& what, const run_options& options) { return run(what, options); }

} // namespace windpipe

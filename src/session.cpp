#include "session.hpp"

#include "access.hpp"
#include "process_state.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace windpipe::detail {

namespace {

// The slots of the exchange: the input, then the streams, then the processes.
constexpr std::size_t in_slot = 0;
constexpr std::size_t first_stream_slot = 1;

std::string_view name_of(output_stream which) {
    return which == output_stream::out ? "standard output" : "standard error";
}

} // namespace

void session::bulk_watch::moved(std::size_t bytes, native_handle end) {
    moved_ += bytes;
    if (moved_ >= pipe_budget::bulk && !asked_) {
        asked_ = true;
        share_ = pipe_budget::take();
        if (share_ && !platform::enlarge(end, pipe_budget::large)) {
            share_ = {};
        }
    }
}

std::vector<session::stream> session::streams_of(std::span<child> children, const session_options& options) {
    std::vector<stream> streams;
    for (std::size_t i = 0; i < children.size(); ++i) {
        if (children[i].out.is_open()) {
            streams.emplace_back(i, output_stream::out, children[i].out, options.out);
        }
        if (children[i].err.is_open()) {
            streams.emplace_back(i, output_stream::err, children[i].err, options.err);
        }
    }
    return streams;
}

session::session(std::span<child> children, const session_options& options)
    : children_(children), options_(options), left_(options.input), streams_(streams_of(children, options)),
      end_(options.end, options.limit, children.size()), members_(children.size()),
      exchange_(first_stream_slot + streams_.size() + children.size()) {}

bool session::reading() const { return std::ranges::any_of(streams_, &stream::reading); }
bool session::outputs_open() const {
    return std::ranges::any_of(streams_, [](const stream& each) { return each.reader.is_open(); });
}

error session::failed(std::error_code code, std::string_view operation, std::size_t child,
                      std::string_view stream) const {
    std::string where(stream);
    if (children_.size() > 1) {
        where += " of stage " + std::to_string(child + 1);
    }
    return {code, operation, std::move(where)};
}

void session::feed() {
    pipe_writer& in = children_.front().in;
    if (left_.empty()) {
        in.close();
        return;
    }
    exchange_.write(in_slot, in.native_handle(), std::as_bytes(std::span(left_)));
}

result<void> session::take_more(std::size_t at) {
    stream& from = streams_[at];
    from.reading = from.allowed > 0;
    if (from.reading) {
        const auto room = from.kept.room();
        if (room.empty()) {
            return std::unexpected(
                failed(std::make_error_code(std::errc::not_enough_memory), "capture", from.child, name_of(from.which)));
        }
        exchange_.read(first_stream_slot + at, from.reader.native_handle(), room);
    }
    return {};
}

result<void> session::handle_write(const platform::completion& done) {
    pipe_writer& in = children_.front().in;
    if (done.code == std::errc::broken_pipe) {
        in.close(); // the child has enough: no error
        return {};
    }
    if (done.code) {
        return std::unexpected(failed(done.code, "write", 0, "standard input"));
    }
    left_.remove_prefix(done.bytes);
    fed_.moved(done.bytes, in.native_handle());
    feed();
    return {};
}

result<void> session::handle_read(std::size_t at, const platform::completion& done) {
    stream& from = streams_[at];
    from.reading = false;
    if (done.code) {
        return std::unexpected(failed(done.code, "read", from.child, name_of(from.which)));
    }
    if (done.bytes == 0) {
        from.reader.close();
        return {};
    }
    if (options_.on_output) {
        if (auto heard = options_.on_output(from.child, from.which, from.kept.last_room().first(done.bytes)); !heard) {
            return heard;
        }
    }
    if (!from.kept.took(done.bytes)) {
        return std::unexpected(
            failed(std::make_error_code(std::errc::not_enough_memory), "capture", from.child, name_of(from.which)));
    }
    from.bulk.moved(done.bytes, from.reader.native_handle());
    if (from.allowed != no_limit) {
        from.allowed -= std::min(from.allowed, done.bytes);
    }
    end_.output_came();
    return take_more(at);
}

/// The child or another member of its tree has ended: watches the next one. False: there is none.
result<bool> session::watch_tree(std::size_t child) {
    auto next = access::process_of(children_[child]).tree_member();
    if (!next) {
        return std::unexpected(std::move(next).error());
    }
    if (!next->handle) {
        return false;
    }
    members_[child] = std::move(*next);
    exchange_.watch(first_stream_slot + streams_.size() + child, members_[child]);
    return true;
}

result<void> session::handle_exit(std::size_t child) {
    if (end_.cut_short()) { // then nobody is waited for any more
        return {};
    }
    if (end_.waits_for_trees()) {
        if (auto goes_on = watch_tree(child); !goes_on || *goes_on) {
            return goes_on ? result<void>{} : std::unexpected(std::move(goes_on).error());
        }
    }
    end_.child_ended();
    if (options_.only_reads) {
        return {};
    }
    // Reaped at once: how long it took ends here.
    if (auto status = children_[child].wait(); !status) {
        return std::unexpected(std::move(status).error());
    }
    pipe_writer& in = children_.front().in;
    if (child == 0 && !end_.feeds_on() && in.is_open()) {
        left_.remove_prefix(exchange_.cancel(in_slot));
        in.close();
    }
    return {};
}

result<void> session::handle(const platform::completion& done) {
    const std::size_t first_process_slot = first_stream_slot + streams_.size();
    if (done.slot >= first_process_slot) {
        return handle_exit(done.slot - first_process_slot);
    }
    return done.slot == in_slot ? handle_write(done) : handle_read(done.slot - first_stream_slot, done);
}

result<void> session::step(const wait_limit& limit) {
    interruption interrupted(limit);
    auto done = exchange_.next(interrupted);
    return done ? handle(*done) : std::unexpected(std::move(done).error());
}

/// Moves bytes until the end policy is met or the limit passes.
result<void> session::pump() {
    // Asked every time: as long as something is ready, no call below has to wait and notice it.
    while (end_.goes_on(reading()) && !end_.limit_has_passed()) {
        const auto stepped = step({.until = end_.next_look(), .stop = options_.limit.stop});
        if (stepped) {
            continue;
        }
        if (stepped.error().code != std::errc::timed_out && stepped.error().code != std::errc::operation_canceled) {
            return stepped;
        }
        end_.waited_in_vain();
    }
    return {};
}

/// All of them, also when one cannot be.
result<void> session::kill_all() {
    result<void> outcome;
    for (child& each : children_) {
        if (auto killed = each.kill(); !killed && outcome) {
            outcome = std::unexpected(std::move(killed).error());
        }
    }
    return outcome;
}

result<void> session::wait_for_all() {
    for (child& each : children_) {
        if (auto status = each.wait(); !status) {
            return std::unexpected(std::move(status).error());
        }
    }
    return {};
}

/// Takes what is in the pipes (and in a read that is just done) without waiting. Somebody may hold the write ends and
/// write on and on: that is not waited for.
result<void> session::drain_rest() {
    for (stream& from : streams_) {
        if (from.reading) {
            from.allowed = from.reader.available().value_or(0) + capture_buffer::piece;
        }
    }
    while (reading()) {
        if (auto stepped = step({.until = deadline::clock::time_point{}}); !stepped) {
            return stepped.error().code == std::errc::timed_out ? call_off_reads() : stepped;
        }
    }
    return {};
}

/// What one has taken meanwhile is no longer in the pipe.
result<void> session::call_off_reads() {
    for (std::size_t at = 0; at < streams_.size(); ++at) {
        stream& from = streams_[at];
        if (const std::size_t n = std::exchange(from.reading, false) ? exchange_.cancel(first_stream_slot + at) : 0;
            n > 0) {
            from.allowed = 0;
            if (auto taken = handle_read(at, {.slot = first_stream_slot + at, .bytes = n, .code = {}}); !taken) {
                return taken;
            }
        }
    }
    return {};
}

/// Of the outputs that are open. To know nothing is no reason to fail.
holder_list session::find_holders() const noexcept {
    try {
        std::vector<native_handle> ends;
        for (const stream& from : streams_) {
            if (from.reader.is_open()) {
                ends.push_back(from.reader.native_handle());
            }
        }
        return ends.empty() ? holder_list{.known = {}, .complete = true}
                            : platform::holders(ends, platform::direction::read).value_or(holder_list{});
    } catch (const std::bad_alloc&) {
        return {};
    }
}

result<void> session::start() {
    if (!options_.only_reads && children_.front().in.is_open()) {
        feed();
    }
    for (std::size_t at = 0; at < streams_.size(); ++at) {
        if (auto taken = take_more(at); !taken) {
            return taken;
        }
    }
    for (std::size_t i = 0; i < children_.size(); ++i) {
        exchange_.watch(first_stream_slot + streams_.size() + i, access::process_of(children_[i]).process());
    }
    return {};
}

result<session_end> session::drive() {
    if (auto started = start(); !started) {
        return std::unexpected(std::move(started).error());
    }
    if (auto pumped = pump(); !pumped) {
        return std::unexpected(std::move(pumped).error());
    }
    session_end end;
    const bool late = end_.cut_short() == ended_by::timed_out;
    if (late) {
        end.holders = find_holders();
    }
    if (end_.cut_short() && !options_.only_reads) {
        if (auto killed = kill_all(); !killed) {
            return std::unexpected(std::move(killed).error());
        }
        if (auto waited = wait_for_all(); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
    if (auto drained = drain_rest(); !drained) {
        return std::unexpected(std::move(drained).error());
    }
    end.writers_alive = outputs_open();
    end.why = end_.why(end.writers_alive);
    if (end.writers_alive && !late) {
        end.holders = find_holders();
    }
    end.input_written = options_.input.size() - left_.size();
    return end;
}

capture session::take(std::size_t child, output_stream which) {
    const auto found =
        std::ranges::find_if(streams_, [&](const stream& each) { return each.child == child && each.which == which; });
    return found != streams_.end() ? found->kept.take() : capture{};
}

} // namespace windpipe::detail

#include "ring_state.hpp"

#include <windpipe/async.hpp>

#include <array>

namespace windpipe {

namespace {

/// For calls that must not wait.
wait_limit at_once(const wait_limit& limit) {
    return {.until = deadline::clock::time_point::min(), .stop = limit.stop};
}

/// The pipe that wakes this end.
const pipe_reader& bell_of(const detail::ring_end& end) {
    static const pipe_reader none;
    const detail::ring_state* const state = detail::ring_access::state_of(end);
    return state != nullptr ? state->woken_by() : none;
}

/// Then what is rung may be meant for another process.
bool takes_turns(const detail::ring_end& end) {
    const detail::ring_state* const state = detail::ring_access::state_of(end);
    return state != nullptr && state->view()->takes_turns();
}

/// As many as are rung at once.
using rings = std::array<std::byte, 64>;

std::unexpected<error> gave_up(const error& cause, std::string_view operation, std::size_t transferred) {
    return std::unexpected(error{cause.code, operation, cause.context, transferred});
}

/// A call that has timed out has said that it waits; what is rung then, or the end of the bell, is worth another try.
task<result<std::size_t>> read_when_there(loop& on, ring_reader& from, std::span<std::byte> into, wait_limit limit) {
    if (takes_turns(from)) {
        co_return std::unexpected(detail::not_with_turns("read"));
    }
    while (true) {
        auto n = from.read_some(into, at_once(limit));
        if (n || n.error().code != std::errc::timed_out) {
            co_return n;
        }
        rings rung;
        if (auto waited = co_await on.read_some(bell_of(from), rung, limit); !waited) {
            co_return gave_up(waited.error(), "read", 0);
        }
        detail::ring_access::wake_others(from);
    }
}

task<result<void>> write_when_room(loop& on, ring_writer& to, const_buffer bytes, wait_limit limit) {
    if (takes_turns(to)) {
        co_return std::unexpected(detail::not_with_turns("write"));
    }
    std::size_t written = 0;
    while (true) {
        auto sent = to.write(bytes.subspan(written), at_once(limit));
        if (sent) {
            co_return sent;
        }
        written += sent.error().transferred;
        if (sent.error().code != std::errc::timed_out) {
            co_return gave_up(sent.error(), "write", written);
        }
        rings rung;
        if (auto waited = co_await on.read_some(bell_of(to), rung, limit); !waited) {
            co_return gave_up(waited.error(), "write", written);
        }
        detail::ring_access::wake_others(to);
    }
}

} // namespace

// The tasks have limits of their own: what they are given may be gone when they begin.

task<result<std::size_t>> loop::read_some(ring_reader& from, std::span<std::byte> into, const wait_limit& limit) {
    return read_when_there(*this, from, into, limit);
}

task<result<void>> loop::write(ring_writer& to, const_buffer bytes, const wait_limit& limit) {
    return write_when_room(*this, to, bytes, limit);
}

} // namespace windpipe

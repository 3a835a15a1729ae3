// to_end.hpp - reading until the stream ends, from whatever has bytes to take.
#pragma once

#include "interruption.hpp"

#include <windpipe/bytes.hpp>
#include <windpipe/error.hpp>
#include <windpipe/holders.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <span>
#include <string>
#include <utility>

namespace windpipe::detail {

/// Appends to memory that `room(least)` offers, empty when there is none, and `took(n)` is told of.
///
/// `source` has `interrupted`; `take(into)`, the number of bytes or 0 at the end of stream, whose error tells how many
/// it has taken all the same; `available()`; and `wait()`, whether there is a byte and not the end.
template <class Source, class Room, class Took>
result<std::size_t> append_to_end(const Source& source, std::size_t most, const Room& room, const Took& took) {
    constexpr std::size_t least_room = 64UL * 1024;
    constexpr const char* operation = "read to end";
    std::size_t total = 0;
    const auto fail = [&](error cause) {
        cause.transferred = total;
        return std::unexpected(std::move(cause));
    };
    // Without time for more than is there now: a writer that never stops would keep this call for ever.
    const std::size_t there =
        source.interrupted.until().has_passed() ? std::max<std::size_t>(source.available().value_or(0), 1) : no_limit;
    while (total < std::min(most, there)) {
        const std::span<std::byte> free = room(std::min(least_room, most - total));
        if (free.empty()) {
            return fail({std::make_error_code(std::errc::not_enough_memory), operation});
        }
        auto n = source.take(free.first(std::min(free.size(), most - total)));
        const std::size_t taken = n ? *n : n.error().transferred;
        took(taken);
        total += taken;
        if (!n) {
            return fail(std::move(n).error());
        }
        if (taken == 0) {
            return total;
        }
        if (const auto why = source.interrupted.why_go_no_further()) {
            return fail(interruption::gave_up(*why, operation));
        }
    }
    auto more = source.wait();
    if (!more) {
        return fail(std::move(more).error());
    }
    if (*more && total < most) {
        return fail(interruption::gave_up(std::errc::timed_out, operation));
    }
    if (*more) {
        return fail({std::make_error_code(std::errc::message_size), operation,
                     "more than the limit of " + std::to_string(most) + " bytes"});
    }
    return total;
}

template <class Source>
result<std::size_t> append_to_end(const Source& source, byte_buffer& into, std::size_t most) {
    return append_to_end(
        source, most, [&](std::size_t least) { return into.room(least); }, [&](std::size_t n) { into.commit(n); });
}

/// The same into a std::vector<std::byte> or std::string, which must be filled before it can be read to.
template <class Source, class Container>
result<std::size_t> append_to_end(const Source& source, Container& into, std::size_t most) {
    std::size_t end = into.size();
    const auto room = [&](std::size_t least) -> std::span<std::byte> {
        try {
            into.resize(std::max(end + least, into.capacity()));
        } catch (const std::exception&) { // bad_alloc, length_error
            return {};
        }
        return std::as_writable_bytes(std::span(into)).subspan(end);
    };
    auto n = append_to_end(source, most, room, [&](std::size_t taken) { end += taken; });
    into.resize(end);
    return n;
}

/// What `read` returns. If the end of stream has not come in time, the error names who keeps it from coming, holding
/// the other end of the pipe `end`; not where there was no time to wait at all.
template <class End, class Read>
result<std::size_t> read_to_end_of(const End& end, const wait_limit& limit, const Read& read) {
    const bool waits = !limit.until.has_passed();
    auto n = read();
    if (waits && !n && n.error().code == std::errc::timed_out) {
        if (const auto who = holders(end)) {
            n.error().context = "the write end is held by " + who->text();
        }
    }
    return n;
}

} // namespace windpipe::detail

#include "calls.hpp"
#include "write_buffer.hpp"

#include <windpipe/holders.hpp>
#include <windpipe/pipe.hpp>

#include <algorithm>
#include <exception>
#include <vector>

namespace windpipe {

using detail::access;
using detail::endpoint;

result<void> flush_tied(const detail::pipe_end& reader, const wait_limit& limit) {
    detail::write_buffer* const buffer = access::endpoint_of(reader)->tied();
    if (buffer == nullptr || buffer->size() == 0) {
        return {};
    }
    auto flushed = buffer->flush(limit);
    if (flushed ||
        (flushed.error().code != std::errc::timed_out && flushed.error().code != std::errc::operation_canceled)) {
        return {};
    }
    flushed.error().transferred = 0;
    return flushed;
}

namespace {

/// call_on() for reads that may wait.
template <class Body>
result<std::size_t> read_on(const detail::pipe_end& end, std::string_view operation, const wait_limit& limit,
                            Body&& body) {
    return call_on(end, operation, limit, [&](auto handle, interruption& interrupted) -> result<std::size_t> {
        if (auto flushed = flush_tied(end, limit); !flushed) {
            return std::unexpected(std::move(flushed).error());
        }
        return body(handle, interrupted);
    });
}

/// read_on() until the end of stream. If that has not come in time, the error names who keeps it from coming; not where
/// there was no time to wait at all.
template <class Body>
result<std::size_t> read_to_end_on(const pipe_reader& end, const wait_limit& limit, const Body& body) {
    const bool waits = !limit.until.has_passed();
    auto n = read_on(end, "read to end", limit, body);
    if (waits && !n && n.error().code == std::errc::timed_out) {
        if (const auto who = holders(end)) {
            n.error().context = "the write end is held by " + who->text();
        }
    }
    return n;
}

/// read_to_end() into memory that `room(least)` offers, empty when there is none, and `took(n)` is told of.
template <class Room, class Took>
result<std::size_t> append_to_end(native_handle handle, interruption& interrupted, std::size_t most, const Room& room,
                                  const Took& took) {
    constexpr std::size_t least_room = 64UL * 1024;
    std::size_t total = 0;
    const auto fail = [&](error cause) {
        cause.transferred = total;
        return std::unexpected(std::move(cause));
    };
    while (total < most) {
        const std::span<std::byte> free = room(std::min(least_room, most - total));
        if (free.empty()) {
            return fail({std::make_error_code(std::errc::not_enough_memory), "read to end"});
        }
        auto n = counted(platform::read_some(handle, free.first(std::min(free.size(), most - total)), interrupted),
                         interrupted);
        if (!n) {
            return fail(std::move(n).error());
        }
        if (*n == 0) {
            return total;
        }
        took(*n);
        total += *n;
        if (const auto why = interrupted.why_go_no_further()) {
            return fail(interruption::gave_up(*why, "read to end"));
        }
    }
    auto more = platform::wait_readable(handle, interrupted);
    if (!more) {
        return fail(std::move(more).error());
    }
    if (*more) {
        return fail({std::make_error_code(std::errc::message_size), "read to end",
                     "more than the limit of " + std::to_string(most) + " bytes"});
    }
    return total;
}

/// The same into a std::vector<std::byte> or std::string, which must be filled before it can be read to.
template <class Container>
result<std::size_t> append_to_container(native_handle handle, interruption& interrupted, Container& into,
                                        std::size_t most) {
    std::size_t end = into.size();
    const auto room = [&](std::size_t least) -> std::span<std::byte> {
        try {
            into.resize(std::max(end + least, into.capacity()));
        } catch (const std::exception&) { // bad_alloc, length_error
            return {};
        }
        return std::as_writable_bytes(std::span(into)).subspan(end);
    };
    auto n = append_to_end(handle, interrupted, most, room, [&](std::size_t taken) { end += taken; });
    into.resize(end);
    return n;
}

} // namespace

result<std::size_t> pipe_reader::read_some(std::span<std::byte> into, const wait_limit& limit) {
    if (const std::size_t n = at_once(*this, into, limit, platform::quick_read); n > 0) {
        return n;
    }
    return read_on(*this, "read", limit, [&](auto handle, interruption& interrupted) -> result<std::size_t> {
        return into.empty() ? 0 : counted(platform::read_some(handle, into, interrupted), interrupted);
    });
}

result<std::size_t> pipe_reader::read(std::span<std::byte> into, const wait_limit& limit) {
    return read_on(*this, "read", limit, [&](auto handle, interruption& interrupted) -> result<std::size_t> {
        std::size_t total = 0;
        const auto fail = [&](error cause) {
            cause.transferred = total;
            return std::unexpected(std::move(cause));
        };
        while (total < into.size()) {
            auto n = counted(platform::read_some(handle, into.subspan(total), interrupted), interrupted);
            if (!n) {
                return fail(std::move(n).error());
            }
            if (*n == 0) {
                break;
            }
            total += *n;
            if (const auto why = interrupted.why_go_no_further(); why && total < into.size()) {
                return fail(interruption::gave_up(*why, "read"));
            }
        }
        return total;
    });
}

result<std::size_t> pipe_reader::read_to_end(byte_buffer& into, std::size_t most, const wait_limit& limit) {
    return read_to_end_on(*this, limit, [&](auto handle, interruption& interrupted) {
        return append_to_end(
            handle, interrupted, most, [&](std::size_t least) { return into.room(least); },
            [&](std::size_t n) { into.commit(n); });
    });
}

result<std::size_t> pipe_reader::read_to_end(std::vector<std::byte>& into, std::size_t most, const wait_limit& limit) {
    return read_to_end_on(*this, limit, [&](auto handle, interruption& interrupted) {
        return append_to_container(handle, interrupted, into, most);
    });
}

result<std::size_t> pipe_reader::read_to_end(std::string& into, std::size_t most, const wait_limit& limit) {
    return read_to_end_on(*this, limit, [&](auto handle, interruption& interrupted) {
        return append_to_container(handle, interrupted, into, most);
    });
}

result<std::size_t> pipe_reader::available() const {
    const endpoint::use call(state_.get());
    return call ? platform::available(call.handle()) : std::unexpected(endpoint::closed_error("available"));
}

result<std::size_t> pipe_reader::peek(std::span<std::byte> into) const {
    const endpoint::use call(state_.get());
    if (!call) {
        return std::unexpected(endpoint::closed_error("peek"));
    }
    return into.empty() ? 0 : platform::peek(call.handle(), into);
}

} // namespace windpipe

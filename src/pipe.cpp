#include "access.hpp"
#include "platform/platform.hpp"

#include <windpipe/pipe.hpp>

#include <algorithm>
#include <array>
#include <exception>

namespace windpipe {

using detail::access;
using detail::endpoint;

// ---- what both ends share

namespace detail {

pipe_end::pipe_end() noexcept = default;
pipe_end::pipe_end(std::unique_ptr<endpoint> state) noexcept : state_(std::move(state)) {}
pipe_end::pipe_end(pipe_end&& other) noexcept = default;
pipe_end& pipe_end::operator=(pipe_end&& other) noexcept = default;
pipe_end::~pipe_end() = default;

bool pipe_end::is_open() const noexcept { return state_ != nullptr && !state_->closing(); }

void pipe_end::close() noexcept {
    if (state_ != nullptr) {
        state_->close();
    }
}

native_handle pipe_end::native_handle() const noexcept {
    const endpoint::use call(state_.get());
    return call ? call.handle() : no_handle;
}

unique_handle pipe_end::release() noexcept { return state_ != nullptr ? state_->take() : unique_handle(); }

result<std::size_t> pipe_end::capacity() const {
    const endpoint::use call(state_.get());
    return call ? platform::capacity(call.handle()) : std::unexpected(endpoint::closed_error("capacity"));
}

} // namespace detail

namespace {

template <class End>
result<End> adopt_end(unique_handle&& handle, platform::direction way) {
    if (auto checked = platform::check_end(handle.get(), way); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    return access::make_end<End>(std::move(handle));
}

template <class End>
result<End> take_standard(platform::direction way) {
    auto handle = platform::take_standard(way);
    if (!handle) {
        return std::unexpected(std::move(handle).error());
    }
    return access::make_end<End>(std::move(*handle));
}

template <class End>
result<End> duplicate_end(const End& end) {
    const endpoint::use call(access::endpoint_of(end));
    if (!call) {
        return std::unexpected(endpoint::closed_error("duplicate"));
    }
    auto handle = platform::duplicate(call.handle());
    if (!handle) {
        return std::unexpected(std::move(handle).error());
    }
    return access::make_end<End>(std::move(*handle));
}

/// Runs one call on an end: `body(handle, interruption)`, unless the end is closed or the call has been called off.
template <class Body>
auto call_on(const detail::pipe_end& end, std::string_view operation, const wait_limit& limit, Body&& body)
    -> decltype(body(native_handle{}, std::declval<interruption&>())) {
    endpoint* const state = access::endpoint_of(end);
    const endpoint::use call(state);
    if (!call) {
        return std::unexpected(endpoint::closed_error(operation));
    }
    interruption interrupted(limit, state);
    if (interrupted.canceled()) {
        return std::unexpected(interruption::gave_up(std::errc::operation_canceled, operation));
    }
    return body(call.handle(), interrupted);
}

/// What most calls are: one system call. The bytes it moved; 0 where it moved none, for whatever reason: then the whole
/// call is made. Written to touch little code and memory, which cost where a system call empties the TLB.
template <class Bytes>
std::size_t at_once(const detail::pipe_end& end, Bytes bytes, const wait_limit& limit,
                    std::size_t (*transfer)(native_handle, Bytes, bool) noexcept) {
    endpoint* const state = access::endpoint_of(end);
    if (state == nullptr || bytes.empty() || limit.stop.stop_requested()) {
        return 0;
    }
    // Out of step with the other end, the call is left to the system, which may wait, if nothing else may end the wait.
    const bool in_step = state->pace().in_step();
    if (!in_step && (!limit.is_unlimited() || !platform::waits_alone() || state->pace().spin_is_due())) {
        return 0;
    }
    const endpoint::use call(state);
    return call ? transfer(call.handle(), bytes, !in_step) : 0;
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
        auto n = platform::read_some(handle, free.first(std::min(free.size(), most - total)), interrupted);
        if (!n) {
            return fail(std::move(n).error());
        }
        if (*n == 0) {
            return total;
        }
        took(*n);
        total += *n;
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

/// Writes up to this size are never mixed with those of other writers (pipe(7), PIPE_BUF).
constexpr std::size_t atomic_size = 4096;

/// Copies short pieces behind each other, so that they are one write; 0 when they are too long for that.
std::size_t join(std::span<const const_buffer> pieces, std::span<std::byte, atomic_size> into) {
    std::size_t size = 0;
    for (const const_buffer& piece : pieces) {
        if (piece.size() > into.size() - size) {
            return 0;
        }
        std::ranges::copy(piece, into.subspan(size).begin());
        size += piece.size();
    }
    return size;
}

/// What is left of a gathered write: pieces, of which a part of the first may be done.
class remainder {
public:
    explicit remainder(std::span<const const_buffer> pieces) : rest_(pieces) { skip_empty(); }

    [[nodiscard]] bool empty() const { return rest_.empty(); }

    /// Writes up to `most` bytes of it.
    result<std::size_t> write(native_handle handle, std::size_t most, interruption& interrupted) {
        const const_buffer begun = rest_.front().subspan(done_);
        auto n = platform::write_some(handle, done_ > 0 ? std::span(&begun, 1) : rest_, most, true, interrupted);
        for (done_ += n.value_or(0); !rest_.empty() && done_ >= rest_.front().size(); skip_empty()) {
            done_ -= rest_.front().size();
            rest_ = rest_.subspan(1);
        }
        return n;
    }

    /// The bytes of it, or `enough` where there are more.
    [[nodiscard]] std::size_t size_up_to(std::size_t enough) const {
        std::size_t size = 0;
        for (std::size_t i = 0; i < rest_.size() && size < enough; ++i) {
            size += rest_[i].size();
        }
        return std::min(size - done_, enough);
    }

private:
    void skip_empty() {
        while (!rest_.empty() && rest_.front().empty()) {
            rest_ = rest_.subspan(1);
        }
    }

    std::span<const const_buffer> rest_;
    std::size_t done_ = 0; // of the first piece
};

result<void> write_all(native_handle handle, std::span<const const_buffer> pieces, endpoint& end,
                       interruption& interrupted) {
    remainder rest(pieces);
    std::size_t total = 0;
    const std::size_t uncut = platform::largest_uncut_write();
    while (!rest.empty()) {
        const std::size_t size = rest.size_up_to(no_limit);
        const cutting::part part =
            size > uncut ? end.cuts().next(size, end.pace().in_step()) : cutting::part{.size = size, .piece = size};
        for (std::size_t done = 0; done < part.size;) {
            auto n = rest.write(handle, std::min(part.piece, part.size - done), interrupted);
            if (!n) {
                end.cuts().failed(part);
                n.error().transferred += total;
                return std::unexpected(std::move(n).error());
            }
            done += *n;
            total += *n;
        }
        end.cuts().done(part);
    }
    return {};
}

} // namespace

// ---- the read end

result<pipe_reader> pipe_reader::adopt(unique_handle&& handle) {
    return adopt_end<pipe_reader>(std::move(handle), platform::direction::read);
}

result<std::size_t> pipe_reader::read_some(std::span<std::byte> into, const wait_limit& limit) {
    if (const std::size_t n = at_once(*this, into, limit, platform::quick_read); n > 0) {
        return n;
    }
    return call_on(*this, "read", limit, [&](auto handle, interruption& interrupted) -> result<std::size_t> {
        return into.empty() ? 0 : platform::read_some(handle, into, interrupted);
    });
}

result<std::size_t> pipe_reader::read(std::span<std::byte> into, const wait_limit& limit) {
    return call_on(*this, "read", limit, [&](auto handle, interruption& interrupted) -> result<std::size_t> {
        std::size_t total = 0;
        while (total < into.size()) {
            auto n = platform::read_some(handle, into.subspan(total), interrupted);
            if (!n) {
                n.error().transferred = total;
                return n;
            }
            if (*n == 0) {
                break;
            }
            total += *n;
        }
        return total;
    });
}

result<std::size_t> pipe_reader::read_to_end(byte_buffer& into, std::size_t most, const wait_limit& limit) {
    return call_on(*this, "read to end", limit, [&](auto handle, interruption& interrupted) {
        return append_to_end(
            handle, interrupted, most, [&](std::size_t least) { return into.room(least); },
            [&](std::size_t n) { into.commit(n); });
    });
}

result<std::size_t> pipe_reader::read_to_end(std::vector<std::byte>& into, std::size_t most, const wait_limit& limit) {
    return call_on(*this, "read to end", limit, [&](auto handle, interruption& interrupted) {
        return append_to_container(handle, interrupted, into, most);
    });
}

result<std::size_t> pipe_reader::read_to_end(std::string& into, std::size_t most, const wait_limit& limit) {
    return call_on(*this, "read to end", limit, [&](auto handle, interruption& interrupted) {
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

result<pipe_reader> pipe_reader::duplicate() const { return duplicate_end(*this); }

// ---- the write end

result<pipe_writer> pipe_writer::adopt(unique_handle&& handle) {
    return adopt_end<pipe_writer>(std::move(handle), platform::direction::write);
}

result<std::size_t> pipe_writer::write_some(const_buffer bytes, const wait_limit& limit) {
    return call_on(*this, "write", limit, [&](auto handle, interruption& interrupted) -> result<std::size_t> {
        return bytes.empty() ? 0 : platform::write_some(handle, {&bytes, 1}, no_limit, false, interrupted);
    });
}

result<void> pipe_writer::write(std::string_view text, const wait_limit& limit) {
    return write(std::as_bytes(std::span(text)), limit);
}

result<void> pipe_writer::write(const_buffer bytes, const wait_limit& limit) {
    const std::size_t begun =
        bytes.size() <= cutting::smallest ? at_once(*this, bytes, limit, platform::quick_write) : 0;
    if (begun > 0 && begun == bytes.size()) {
        return {};
    }
    return call_on(*this, "write", limit, [&](auto handle, interruption& interrupted) -> result<void> {
        const const_buffer rest = bytes.subspan(begun);
        auto written =
            rest.empty() ? result<void>{} : write_all(handle, {&rest, 1}, *access::endpoint_of(*this), interrupted);
        if (!written) {
            written.error().transferred += begun;
        }
        return written;
    });
}

result<void> pipe_writer::write_gather(std::span<const const_buffer> pieces, const wait_limit& limit) {
    return call_on(*this, "write", limit, [&](auto handle, interruption& interrupted) -> result<void> {
        std::array<std::byte, atomic_size> joined;
        if (const std::size_t size = join(pieces, joined); size > 0) {
            const const_buffer bytes = std::span(joined).first(size);
            return write_all(handle, {&bytes, 1}, *access::endpoint_of(*this), interrupted);
        }
        return write_all(handle, pieces, *access::endpoint_of(*this), interrupted);
    });
}

result<pipe_writer> pipe_writer::duplicate() const { return duplicate_end(*this); }

// ---- making and taking

result<pipe_ends> make_pipe(const pipe_options& options) {
    auto ends = platform::create_pipe(options.capacity, platform::local_end::none);
    if (!ends) {
        return std::unexpected(std::move(ends).error());
    }
    return pipe_ends{access::make_end<pipe_reader>(std::move(ends->reader)),
                     access::make_end<pipe_writer>(std::move(ends->writer))};
}

result<pipe_reader> take_stdin() { return take_standard<pipe_reader>(platform::direction::read); }
result<pipe_writer> take_stdout() { return take_standard<pipe_writer>(platform::direction::write); }

} // namespace windpipe

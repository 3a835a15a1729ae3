#include "calls.hpp"
#include "to_end.hpp"
#include "write_buffer.hpp"

#include <windpipe/pipe.hpp>

#include <algorithm>
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

/// What a reader has to take, for append_to_end().
struct pipe_source {
    native_handle handle;
    interruption& interrupted;

    [[nodiscard]] result<std::size_t> take(std::span<std::byte> into) const {
        return counted(platform::read_some(handle, into, interrupted), interrupted);
    }
    [[nodiscard]] result<std::size_t> available() const { return platform::available(handle); }
    [[nodiscard]] result<bool> wait() const { return platform::wait_readable(handle, interrupted); }
};

template <class Container>
result<std::size_t> read_all(const pipe_reader& end, Container& into, std::size_t most, const wait_limit& limit) {
    return detail::read_to_end_of(end, limit, [&] {
        return read_on(end, "read to end", limit, [&](auto handle, interruption& interrupted) {
            return detail::append_to_end(pipe_source{handle, interrupted}, into, most);
        });
    });
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
    return read_all(*this, into, most, limit);
}

result<std::size_t> pipe_reader::read_to_end(std::vector<std::byte>& into, std::size_t most, const wait_limit& limit) {
    return read_all(*this, into, most, limit);
}

result<std::size_t> pipe_reader::read_to_end(std::string& into, std::size_t most, const wait_limit& limit) {
    return read_all(*this, into, most, limit);
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

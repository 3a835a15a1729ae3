#include "calls.hpp"

#include <windpipe/transfer.hpp>

#include <algorithm>
#include <memory>
#include <new>
#include <span>

namespace windpipe {

using detail::access;
using detail::endpoint;

namespace {

/// One transfer, while both of its ends are in use.
class passage {
public:
    passage(native_handle from, native_handle to, interruption& reading, interruption& writing)
        : from_(from), to_(to), reading_(reading), writing_(writing) {}

    /// Moves 1..most bytes; 0 is end of stream.
    result<std::size_t> move_some(std::size_t most) {
        if (!copies_) {
            auto moved = platform::splice_some(from_, to_, most, reading_, writing_);
            if (!moved) {
                return std::unexpected(std::move(moved).error());
            }
            if (*moved) {
                return **moved;
            }
            copies_.reset(new (std::nothrow) std::byte[size]);
        }
        if (!copies_) {
            return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "transfer"});
        }
        return copy_some(std::span(copies_.get(), std::min(size, most)));
    }

private:
    static constexpr std::size_t size = 64UL * 1024;

    /// What is there is looked at, written, and only then taken, as far as it was written.
    result<std::size_t> copy_some(std::span<std::byte> buffer) {
        result<std::size_t> seen = 0;
        while (*seen == 0) {
            const auto more = platform::wait_readable(from_, reading_);
            if (!more || !*more) {
                return more ? result<std::size_t>(0) : std::unexpected(more.error());
            }
            seen = platform::peek(from_, buffer);
            if (!seen) {
                return seen;
            }
        }
        const const_buffer bytes = buffer.first(*seen);
        auto written = platform::write_some(to_, {&bytes, 1}, no_limit, false, writing_);
        for (std::size_t taken = 0; written && taken < *written;) {
            const auto n = platform::read_some(from_, buffer.first(*written - taken), reading_);
            if (!n) {
                return n;
            }
            taken += *n;
        }
        return written;
    }

    native_handle from_;
    native_handle to_;
    interruption& reading_;
    interruption& writing_;
    std::unique_ptr<std::byte[]> copies_;
};

} // namespace

result<std::size_t> transfer(pipe_reader& from, pipe_writer& to, std::size_t most, const wait_limit& limit) {
    const endpoint::use source(access::endpoint_of(from));
    const endpoint::use target(access::endpoint_of(to));
    if (!source || !target) {
        return std::unexpected(endpoint::closed_error("transfer"));
    }
    interruption reading(limit, access::endpoint_of(from));
    interruption writing(limit, access::endpoint_of(to));
    reading.together_with(writing);
    if (reading.canceled()) {
        return std::unexpected(interruption::gave_up(std::errc::operation_canceled, "transfer"));
    }
    if (auto flushed = flush_tied(from, limit); !flushed) {
        return std::unexpected(std::move(flushed).error());
    }
    passage way(source.handle(), target.handle(), reading, writing);
    std::size_t total = 0;
    while (total < most) {
        auto moved = way.move_some(most - total);
        if (!moved) {
            moved.error().transferred = total;
            return moved;
        }
        if (*moved == 0) {
            break;
        }
        total += *moved;
        // Asked every time: as long as something can be moved, no call has to wait and notice it.
        if (const auto why = total < most ? reading.why() : std::nullopt) {
            error gave_up = interruption::gave_up(*why, "transfer");
            gave_up.transferred = total;
            return std::unexpected(std::move(gave_up));
        }
    }
    return total;
}

} // namespace windpipe

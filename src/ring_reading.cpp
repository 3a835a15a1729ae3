#include "ring_state.hpp"
#include "to_end.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

namespace windpipe {

using detail::access;
using detail::in_place_call_on;
using detail::own_call;
using detail::quick_call;
using detail::ring_access;
using detail::ring_call;
using detail::ring_call_on;
using detail::ring_view;

namespace {

/// A longer read is made in pieces, so that the writer can go on meanwhile.
constexpr std::size_t piece = 64UL * 1024;

std::unexpected<error> fail(error cause, std::size_t transferred) {
    cause.transferred = transferred;
    return std::unexpected(std::move(cause));
}

/// Copies what is there, at least one byte; 0: end of stream. An error tells how many have been copied all the same.
/// PRE: into is not empty.
result<std::size_t> take_some(const ring_call& call, std::span<std::byte> into) {
    call.view.shown = 0;
    if (call.view.known().empty()) {
        if (const auto waited = call.wait(1); !waited) {
            return std::unexpected(waited.error());
        }
    } else if (call.view.known().size() < into.size()) { // there may be more than we have heard of
        if (auto looked = call.view.look(call.operation); !looked) {
            return std::unexpected(std::move(looked).error());
        }
    }
    if (auto gathered = call.view.gather(into.size(), call.interrupted.until(), call.operation); !gathered) {
        return std::unexpected(std::move(gathered).error());
    }
    const auto there = call.view.known();
    const std::size_t count = std::min(there.size(), into.size());
    if (count == 0) {
        return 0;
    }
    std::memcpy(into.data(), there.data(), count);
    call.view.advance(count);
    call.interrupted.moved(count);
    if (auto settled = call.settle(); !settled) {
        return fail(std::move(settled).error(), count);
    }
    return count;
}

/// Fills `into`, or less at the end of stream.
result<std::size_t> fill(const ring_call& call, std::span<std::byte> into) {
    std::size_t total = 0;
    while (total < into.size()) {
        const auto n = take_some(call, into.subspan(total, std::min(piece, into.size() - total)));
        if (!n) {
            return fail(n.error(), total + n.error().transferred);
        }
        if (*n == 0) {
            break;
        }
        total += *n;
        if (const auto why = call.interrupted.why_go_no_further(); why && total < into.size()) {
            return fail(interruption::gave_up(*why, call.operation), total);
        }
    }
    return total;
}

/// What a reader has to take, for append_to_end(); in pieces, so that the writer can go on meanwhile.
struct ring_source {
    const ring_call& call;
    interruption& interrupted = call.interrupted;

    [[nodiscard]] result<std::size_t> take(std::span<std::byte> into) const {
        return take_some(call, into.first(std::min(into.size(), piece)));
    }
    [[nodiscard]] result<std::size_t> available() const {
        auto looked = call.view.look(call.operation);
        return looked ? result<std::size_t>(call.view.known().size()) : std::unexpected(std::move(looked).error());
    }
    [[nodiscard]] result<bool> wait() const {
        const auto waited = call.wait(1);
        return waited ? result<bool>(*waited == ring_view::outcome::enough) : std::unexpected(waited.error());
    }
};

template <class Container>
result<std::size_t> read_all(const ring_reader& end, Container& into, std::size_t most, const wait_limit& limit) {
    static const pipe_reader none;
    const auto* const state = ring_access::state_of(end);
    return detail::read_to_end_of(state != nullptr ? state->woken_by() : none, limit, [&] {
        return ring_call_on(end, "read to end", limit, [&](const ring_call& call) {
            return detail::append_to_end(ring_source{call}, into, most);
        });
    });
}

/// What most reads are: of bytes that are there. How many, at least `least`; 0: the whole call has to be made.
template <class Call>
std::size_t there_at_once(const Call& call, std::size_t wish, std::size_t least, const wait_limit& limit) {
    if (!call || wish == 0 || least > piece) {
        return 0;
    }
    ring_view& view = call.view();
    if (view.known().size() < wish) {
        const auto in_step = [&] {
            return !view.shares_processor() && access::endpoint_of(call.end().woken_by())->pace().in_step();
        };
        if (!view.looks_right() || (view.known().empty() && !(in_step() && view.comes_at_once()))) {
            return 0;
        }
        if (!view.gathers_right(wish, limit.until)) {
            return 0;
        }
    }
    const std::size_t count = std::min(view.known().size(), wish);
    return count >= least ? count : 0;
}

template <class Call>
result<std::size_t> take_at_once(Call& call, std::span<std::byte> into) {
    call.view().shown = 0;
    std::memcpy(into.data(), call.view().known().data(), into.size());
    auto moved = call.move_on(into.size(), "read");
    return moved ? result<std::size_t>(into.size()) : std::unexpected(std::move(moved).error());
}

/// `least`: how many it waits for, 1 or all.
[[gnu::noinline]] result<std::size_t> read_by_call(const ring_reader& end, std::span<std::byte> into, std::size_t least,
                                                   const wait_limit& limit) {
    if (const quick_call call(end, limit); const std::size_t count = there_at_once(call, into.size(), least, limit)) {
        return take_at_once(call, into.first(count));
    }
    return ring_call_on(end, "read", limit, [&](const ring_call& call) -> result<std::size_t> {
        if (least == into.size()) {
            return fill(call, into);
        }
        return into.empty() ? 0 : take_some(call, into);
    });
}

} // namespace

result<std::size_t> ring_reader::read_some(std::span<std::byte> into, const wait_limit& limit) {
    if (own_call call(*this, limit); const std::size_t count = there_at_once(call, into.size(), 1, limit)) {
        return take_at_once(call, into.first(count));
    }
    return read_by_call(*this, into, 1, limit);
}

result<std::size_t> ring_reader::read(std::span<std::byte> into, const wait_limit& limit) {
    if (own_call call(*this, limit); there_at_once(call, into.size(), into.size(), limit) != 0) {
        return take_at_once(call, into);
    }
    return read_by_call(*this, into, into.size(), limit);
}

result<std::size_t> ring_reader::read_to_end(byte_buffer& into, std::size_t most, const wait_limit& limit) {
    return read_all(*this, into, most, limit);
}

result<std::size_t> ring_reader::read_to_end(std::vector<std::byte>& into, std::size_t most, const wait_limit& limit) {
    return read_all(*this, into, most, limit);
}

result<std::size_t> ring_reader::read_to_end(std::string& into, std::size_t most, const wait_limit& limit) {
    return read_all(*this, into, most, limit);
}

namespace {

/// `look(bytes)` at what is there and stays there. Where several processes read, nothing, while one of them does.
template <class Look>
result<std::size_t> look_at(const ring_reader& end, std::string_view operation, Look look) {
    const auto in = [&](ring_view& view) -> result<std::size_t> {
        if (auto looked = view.look(operation); !looked) {
            return std::unexpected(std::move(looked).error());
        }
        return look(std::span<const std::byte>(view.known()));
    };
    if (end.is_open() && ring_access::state_of(end)->view()->takes_turns()) {
        auto seen = ring_call_on(end, operation, {.until = deadline::clock::time_point::min()},
                                 [&](const ring_call& call) { return in(call.view); });
        return !seen && seen.error().code == std::errc::timed_out ? 0 : seen;
    }
    return detail::ring_view_of(end, operation, in);
}

} // namespace

result<std::size_t> ring_reader::available() const {
    return look_at(*this, "available", [](std::span<const std::byte> there) { return there.size(); });
}

result<std::size_t> ring_reader::peek(std::span<std::byte> into) const {
    return look_at(*this, "peek", [&](std::span<const std::byte> there) {
        const auto seen = there.first(std::min(there.size(), into.size()));
        std::ranges::copy(seen, into.begin());
        return seen.size();
    });
}

// ---- in place

namespace {

template <class Call>
bool can_show_at_once(const Call& call, std::size_t at_least, const wait_limit& limit) {
    return call && !call.view().takes_turns() && there_at_once(call, at_least, at_least, limit) != 0 &&
           call.view().gathers_right(call.view().capacity(), limit.until);
}

std::span<const std::byte> show_at_once(ring_view& view) {
    view.shown = view.known().size();
    return view.known();
}

template <class Call>
bool can_consume_at_once(const Call& call, std::size_t count) {
    return call && count > 0 && count <= call.view().shown;
}

template <class Call>
result<void> consume_at_once(Call& call, std::size_t count) {
    call.view().shown -= count;
    return call.move_on(count, "consume");
}

[[gnu::noinline]] result<std::span<const std::byte>> peek_by_call(const ring_reader& end, std::size_t at_least,
                                                                  const wait_limit& limit) {
    if (const quick_call call(end, limit); can_show_at_once(call, at_least, limit)) {
        return show_at_once(call.view());
    }
    return in_place_call_on(end, "peek", limit, [&](const ring_call& call) -> result<std::span<const std::byte>> {
        if (at_least == 0 || at_least > call.view.capacity()) {
            return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), call.operation,
                                         std::to_string(at_least) + " bytes of a ring that holds " +
                                             std::to_string(call.view.capacity())});
        }
        if (call.view.known().size() < at_least) {
            if (const auto waited = call.wait(at_least); !waited) {
                return std::unexpected(waited.error());
            }
        }
        if (auto gathered = call.view.gather(call.view.capacity(), limit.until, call.operation); !gathered) {
            return std::unexpected(std::move(gathered).error());
        }
        return show_at_once(call.view);
    });
}

[[gnu::noinline]] result<void> consume_by_call(const ring_reader& end, std::size_t count) {
    if (const quick_call call(end, {}); can_consume_at_once(call, count)) {
        return consume_at_once(call, count);
    }
    return in_place_call_on(end, "consume", {}, [&](const ring_call& call) -> result<void> {
        if (count > call.view.shown) {
            return std::unexpected(
                error{std::make_error_code(std::errc::invalid_argument), call.operation,
                      std::to_string(count) + " bytes, but peek() has shown " + std::to_string(call.view.shown)});
        }
        call.view.shown -= count;
        call.view.advance(count);
        call.interrupted.moved(count);
        return count > 0 ? call.settle() : result<void>{};
    });
}

} // namespace

result<std::span<const std::byte>> ring_reader::peek(std::size_t at_least, const wait_limit& limit) {
    if (const own_call call(*this, limit); can_show_at_once(call, at_least, limit)) {
        return show_at_once(call.view());
    }
    return peek_by_call(*this, at_least, limit);
}

result<void> ring_reader::consume(std::size_t count) {
    if (own_call call(*this, {}); can_consume_at_once(call, count)) {
        return consume_at_once(call, count);
    }
    return consume_by_call(*this, count);
}

} // namespace windpipe

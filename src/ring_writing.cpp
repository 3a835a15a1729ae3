#include "core/copy_few.hpp"
#include "ring_state.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

namespace windpipe {

using detail::in_place_call_on;
using detail::own_call;
using detail::quick_call;
using detail::ring_call;
using detail::ring_call_on;
using detail::ring_view;

namespace {

/// Writes up to this size are never mixed with those of other writers, as in pipe(7).
constexpr std::size_t atomic_size = 4096;
/// A longer one is shown to the reader piece by piece.
constexpr std::size_t piece = 16UL * 1024;

std::unexpected<error> broken(std::string_view operation) {
    return std::unexpected(error{std::make_error_code(std::errc::broken_pipe), operation, "nobody reads this ring"});
}

/// That somebody could read what is written now.
result<void> require_reader(const ring_call& call, std::size_t bytes) {
    const auto read = call.view.is_read(bytes, call.by);
    if (!read) {
        return std::unexpected(read.error());
    }
    return *read ? result<void>{} : broken(call.operation);
}

/// Waits for room.
result<void> make_room(const ring_call& call, std::size_t need) {
    if (call.view.known().size() >= need) {
        return {};
    }
    const auto waited = call.wait(need);
    if (!waited) {
        return std::unexpected(waited.error());
    }
    return *waited == ring_view::outcome::alone ? broken(call.operation) : result<void>{};
}

/// Pieces that are written one after the other.
class feed {
public:
    explicit feed(std::span<const const_buffer> pieces) : rest_(pieces) {
        for (const const_buffer& piece : pieces) {
            size_ += piece.size();
        }
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The next bytes. PRE: into.size() <= size()
    void copy(std::span<std::byte> into) noexcept {
        size_ -= into.size();
        while (!into.empty()) {
            const const_buffer now = rest_.front().subspan(done_);
            const std::size_t count = std::min(now.size(), into.size());
            if (count > 0) {
                std::memcpy(into.data(), now.data(), count);
            }
            into = into.subspan(count);
            done_ += count;
            if (done_ == rest_.front().size()) {
                rest_ = rest_.subspan(1);
                done_ = 0;
            }
        }
    }

private:
    std::span<const const_buffer> rest_;
    std::size_t done_ = 0; // of the first piece
    std::size_t size_ = 0;
};

/// Copies up to `most` bytes into the room there is, in pieces that the reader can see as they come. It is woken when
/// the room or the bytes are used up: where it would have to share our processor, earlier would only interrupt us.
std::size_t copy_pieces(const ring_call& call, feed& bytes, std::size_t most) {
    std::size_t total = 0;
    while (total < most) {
        const auto room = call.view.known();
        const std::size_t count = std::min({room.size(), most - total, piece});
        if (count == 0) {
            break;
        }
        bytes.copy(room.first(count));
        call.view.advance(count);
        total += count;
    }
    call.interrupted.moved(total);
    return total;
}

/// The most that is written between two looks at the limit.
constexpr std::size_t stretch = 256UL * 1024;

/// All of it, or with `some`, what fits, at least one byte. How many bytes. An error tells how many as well.
result<std::size_t> write_pieces(const ring_call& call, feed bytes, bool some) {
    call.view.shown = 0;
    call.view.start_again_if_idle();
    std::size_t total = 0;
    const auto fail = [&](error cause) {
        cause.transferred = total;
        return std::unexpected(std::move(cause));
    };
    const bool whole = !some && bytes.size() <= atomic_size;
    while (bytes.size() > 0 && (total == 0 || !some)) {
        if (const auto why = total > 0 ? call.interrupted.why_go_no_further() : std::nullopt) {
            return fail(interruption::gave_up(*why, call.operation));
        }
        if (auto read = require_reader(call, std::min(bytes.size(), stretch)); !read) {
            return fail(std::move(read).error());
        }
        const std::size_t wish = std::min(bytes.size(), stretch);
        if (!whole && call.view.known().size() < wish) { // there may be more room than we have heard of
            if (auto looked = call.view.look(call.operation); !looked) {
                return fail(std::move(looked).error());
            }
        }
        if (auto room = make_room(call, whole ? bytes.size() : 1); !room) {
            return fail(std::move(room).error());
        }
        const std::size_t written = copy_pieces(call, bytes, wish);
        auto settled = call.settle();
        if (settled || settled.error().code != std::errc::broken_pipe) { // else nobody will see these bytes
            total += written;
        }
        if (!settled) {
            return fail(std::move(settled).error());
        }
    }
    return total;
}

/// What most writes are: bytes for which there is room.
template <class Call>
bool has_room(const Call& call, std::size_t size) {
    return call && size - 1 < piece && call.view().known().size() >= size;
}

template <class Call>
result<void> write_at_once(Call& call, const_buffer bytes) {
    call.view().shown = 0;
    std::memcpy(call.view().known().data(), bytes.data(), bytes.size());
    return call.move_on(bytes.size(), "write");
}

[[gnu::noinline]] result<void> write_many(ring_writer& end, const_buffer bytes, const wait_limit& limit) {
    if (own_call call(end, limit); has_room(call, bytes.size()) && call.view().is_read_on(bytes.size())) {
        return write_at_once(call, bytes);
    }
    if (const quick_call call(end, limit); has_room(call, bytes.size()) && call.view().is_read_on(bytes.size())) {
        return write_at_once(call, bytes);
    }
    return end.write_gather({&bytes, 1}, limit);
}

/// No function is called from here but at its end: few instructions beside those that move the bytes.
inline result<void> write_quickly(ring_writer& end, const_buffer bytes, const wait_limit& limit) {
    if (bytes.size() <= few) {
        if (own_call call(end, limit); has_room(call, bytes.size()) && call.view().is_surely_read(bytes.size())) {
            call.view().shown = 0;
            copy_few(call.view().known().data(), bytes.data(), bytes.size());
            return call.move_on(bytes.size(), "write");
        }
    }
    return write_many(end, bytes, limit);
}

} // namespace

result<void> ring_writer::write(const_buffer bytes, const wait_limit& limit) {
    return write_quickly(*this, bytes, limit);
}

result<void> ring_writer::write(std::string_view text, const wait_limit& limit) {
    return write_quickly(*this, std::as_bytes(std::span(text)), limit);
}

result<void> ring_writer::write_gather(std::span<const const_buffer> pieces, const wait_limit& limit) {
    return ring_call_on(*this, "write", limit, [&](const ring_call& call) -> result<void> {
        auto written = write_pieces(call, feed(pieces), false);
        return written ? result<void>{} : std::unexpected(std::move(written).error());
    });
}

result<std::size_t> ring_writer::write_some(const_buffer bytes, const wait_limit& limit) {
    return ring_call_on(*this, "write", limit,
                        [&](const ring_call& call) { return write_pieces(call, feed({&bytes, 1}), true); });
}

// ---- in place

namespace {

template <class Call>
bool has_room_in_place(const Call& call, std::size_t at_least) {
    return call && !call.view().takes_turns() && at_least > 0 && call.view().known().size() >= at_least &&
           call.view().nobody_left();
}

std::span<std::byte> reserve_at_once(ring_view& view) {
    view.shown = view.known().size();
    return view.known();
}

template <class Call>
bool can_commit_at_once(const Call& call, std::size_t count) {
    return call && count > 0 && count <= call.view().shown;
}

template <class Call>
result<void> commit_at_once(Call& call, std::size_t count) {
    call.view().shown = 0;
    call.view().goes_unseen(count);
    return call.move_on(count, "commit");
}

[[gnu::noinline]] result<std::span<std::byte>> reserve_by_call(const ring_writer& end, std::size_t at_least,
                                                               const wait_limit& limit) {
    if (const own_call call(end, limit); has_room_in_place(call, at_least) && call.view().is_read_on(at_least)) {
        return reserve_at_once(call.view());
    }
    if (const quick_call call(end, limit); has_room_in_place(call, at_least) && call.view().is_read_on(at_least)) {
        return reserve_at_once(call.view());
    }
    return in_place_call_on(end, "reserve", limit, [&](const ring_call& call) -> result<std::span<std::byte>> {
        if (at_least == 0 || at_least > call.view.capacity()) {
            return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), call.operation,
                                         std::to_string(at_least) + " bytes in a ring that holds " +
                                             std::to_string(call.view.capacity())});
        }
        call.view.start_again_if_idle();
        if (auto read = require_reader(call, at_least); !read) {
            return std::unexpected(std::move(read).error());
        }
        if (auto room = make_room(call, at_least); !room) {
            return std::unexpected(std::move(room).error());
        }
        return reserve_at_once(call.view);
    });
}

[[gnu::noinline]] result<void> commit_by_call(const ring_writer& end, std::size_t count) {
    if (const quick_call call(end, {}); can_commit_at_once(call, count)) {
        return commit_at_once(call, count);
    }
    return in_place_call_on(end, "commit", {}, [&](const ring_call& call) -> result<void> {
        if (count > call.view.shown) {
            return std::unexpected(
                error{std::make_error_code(std::errc::invalid_argument), call.operation,
                      std::to_string(count) + " bytes, but reserve() has given " + std::to_string(call.view.shown)});
        }
        call.view.shown = 0;
        if (count == 0) {
            return {};
        }
        call.view.goes_unseen(count);
        call.view.advance(count);
        call.interrupted.moved(count);
        return call.settle();
    });
}

} // namespace

result<std::span<std::byte>> ring_writer::reserve(std::size_t at_least, const wait_limit& limit) {
    if (const own_call call(*this, limit); has_room_in_place(call, at_least) && call.view().is_surely_read(at_least)) {
        return reserve_at_once(call.view());
    }
    return reserve_by_call(*this, at_least, limit);
}

result<void> ring_writer::commit(std::size_t count) {
    if (own_call call(*this, {}); can_commit_at_once(call, count)) {
        return commit_at_once(call, count);
    }
    return commit_by_call(*this, count);
}

} // namespace windpipe

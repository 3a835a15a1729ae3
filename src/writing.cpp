#include "calls.hpp"

#include <windpipe/pipe.hpp>

#include <algorithm>
#include <array>

namespace windpipe {

using detail::access;
using detail::endpoint;

namespace {

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
        auto n =
            counted(platform::write_some(handle, done_ > 0 ? std::span(&begun, 1) : rest_, most, true, interrupted),
                    interrupted);
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
        cutting* const cuts = size > uncut ? end.cuts() : nullptr;
        const cutting::part part =
            cuts != nullptr ? cuts->next(size, end.pace().in_step()) : cutting::part{.size = size, .piece = size};
        for (std::size_t done = 0; done < part.size;) {
            const auto late = total > 0 ? interrupted.why_go_no_further() : std::nullopt;
            auto n = late ? std::unexpected(interruption::gave_up(*late, "write"))
                          : rest.write(handle, std::min(part.piece, part.size - done), interrupted);
            if (!n) {
                if (cuts != nullptr) {
                    cuts->failed(part);
                }
                n.error().transferred += total;
                return std::unexpected(std::move(n).error());
            }
            done += *n;
            total += *n;
        }
        if (cuts != nullptr) {
            cuts->done(part);
        }
    }
    return {};
}

} // namespace

result<std::size_t> pipe_writer::write_some(const_buffer bytes, const wait_limit& limit) {
    return call_on(*this, "write", limit, [&](auto handle, interruption& interrupted) -> result<std::size_t> {
        return bytes.empty()
                   ? 0
                   : counted(platform::write_some(handle, {&bytes, 1}, no_limit, false, interrupted), interrupted);
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
    auto written = call_on(*this, "write", limit, [&](auto handle, interruption& interrupted) -> result<void> {
        const const_buffer rest = bytes.subspan(begun);
        return rest.empty() ? result<void>{} : write_all(handle, {&rest, 1}, *access::endpoint_of(*this), interrupted);
    });
    if (!written) {
        written.error().transferred += begun;
    }
    return written;
}

void pipe_writer::detect_deadlock(bool wanted) noexcept {
    if (endpoint* const end = access::endpoint_of(*this)) {
        end->watch_for(wanted ? deadlock_watch::always : deadlock_watch::none);
    }
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

} // namespace windpipe

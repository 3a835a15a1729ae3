#include <windpipe/lines.hpp>

#include <algorithm>
#include <string>
#include <system_error>

namespace windpipe::detail {

namespace {

/// So much is read at least, if it is there.
constexpr std::size_t least_read = 4096;

} // namespace

std::optional<line> line_cutter::take(std::size_t size, std::size_t with_end, line_end end) noexcept {
    const line taken{bytes_.view().substr(0, size), end};
    bytes_.drop(with_end);
    looked_ = 0;
    return taken;
}

result<std::optional<line>> line_cutter::next() {
    const std::string_view text = bytes_.view();
    const std::size_t feed = text.find('\n', looked_);
    const bool ended = feed != std::string_view::npos;
    const std::size_t whole = ended ? feed : text.size();
    // What may be half of an end counts as one until more is known.
    const bool carriage_return = whole > 0 && text[whole - 1] == '\r' && (ended || !finished_);
    const std::size_t size = whole - (carriage_return ? 1 : 0);
    if (size > options_.most) {
        if (options_.too_long == long_lines::cut && options_.most > 0) {
            const auto piece = take(options_.most, options_.most, line_end::cut);
            looked_ = whole - options_.most;
            return piece;
        }
        return std::unexpected(error{std::make_error_code(std::errc::message_size), "read line",
                                     "more than the limit of " + std::to_string(options_.most) + " bytes"});
    }
    looked_ = whole;
    if (ended) {
        return take(size, whole + 1, line_end::line_feed);
    }
    return finished_ && whole > 0 ? take(whole, whole, line_end::stream) : std::nullopt;
}

result<std::span<std::byte>> line_cutter::room() {
    const auto room = bytes_.room(least_read);
    if (room.empty()) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "read line"});
    }
    return room;
}

result<void> line_cutter::add(std::span<const std::byte> bytes) {
    const auto room = bytes_.room(std::max<std::size_t>(bytes.size(), 1));
    if (room.empty()) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "read line"});
    }
    std::ranges::copy(bytes, room.begin());
    bytes_.commit(bytes.size());
    return {};
}

} // namespace windpipe::detail

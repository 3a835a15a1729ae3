#include <windpipe/frames.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <string>
#include <system_error>

namespace windpipe::detail {

namespace {

constexpr std::size_t prefix_size = sizeof(std::uint32_t);
constexpr std::size_t largest_head = 4096;
/// So much is read at least, if it is there.
constexpr std::size_t least_read = 4096;
constexpr std::string_view reading = "read frame";
constexpr std::string_view writing = "write frame";
constexpr std::string_view length_field = "Content-Length";

std::uint32_t most_significant_first(std::uint32_t value) noexcept {
    return std::endian::native == std::endian::big ? value : std::byteswap(value);
}

std::string too_long(std::size_t most) { return "more than the limit of " + std::to_string(most) + " bytes"; }

bool same_name(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view without_blanks(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t";
    const std::size_t first = text.find_first_not_of(blanks);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace

// ---- reading

void frame_cutter::refuse(std::errc code, std::string_view why) noexcept {
    problem_ = code;
    why_ = why;
}

void frame_cutter::refuse_too_long() noexcept { refuse(std::errc::message_size, {}); }

std::optional<std::size_t> frame_cutter::find_line_feed() noexcept {
    const std::string_view text = bytes_.view();
    const std::size_t at = text.find('\n', looked_);
    looked_ = at == std::string_view::npos ? text.size() : at + 1;
    return at == std::string_view::npos ? std::nullopt : std::optional(at);
}

std::optional<frame_cutter::extent> frame_cutter::measure_prefixed() {
    std::uint32_t length = 0;
    if (bytes_.size() < prefix_size) {
        return std::nullopt;
    }
    std::memcpy(&length, bytes_.bytes().data(), prefix_size);
    if (options_.format == framing::length_prefixed) {
        length = most_significant_first(length);
    }
    if (length > options_.most) {
        refuse_too_long();
        return std::nullopt;
    }
    return extent{.head = prefix_size, .size = length};
}

std::optional<frame_cutter::extent> frame_cutter::measure_line() {
    const auto end = find_line_feed();
    if (end.value_or(bytes_.size()) > options_.most) {
        refuse_too_long();
        return std::nullopt;
    }
    return end ? std::optional(extent{.size = *end, .tail = 1}) : std::nullopt;
}

void frame_cutter::read_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    const auto is_visible = [](char c) { return c > ' ' && c < '\x7F'; };
    if (colon == std::string_view::npos || name.empty() || !std::ranges::all_of(name, is_visible)) {
        refuse(std::errc::bad_message, "a line of the head is no field");
        return;
    }
    if (!same_name(name, length_field)) {
        return;
    }
    const std::string_view value = without_blanks(line.substr(colon + 1));
    std::size_t length = 0;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (length_ || end != value.data() + value.size() || problem == std::errc::invalid_argument) {
        refuse(std::errc::bad_message, length_ ? "two lengths in one head" : "a length that is no number");
        return;
    }
    length_ = problem == std::errc() ? length : std::numeric_limits<std::size_t>::max();
}

std::optional<frame_cutter::extent> frame_cutter::measure_headed() {
    while (!head_read_ && problem_ == std::errc()) {
        const auto end = find_line_feed();
        if (end.value_or(bytes_.size()) >= largest_head) {
            refuse(std::errc::bad_message, "a head of more than 4096 bytes");
        } else if (!end) {
            return std::nullopt;
        } else {
            std::string_view line = bytes_.view().substr(line_, *end - line_);
            line.remove_suffix(line.ends_with('\r') ? 1 : 0);
            line_ = *end + 1;
            head_read_ = line.empty();
            if (!head_read_) {
                read_field(line);
            } else if (!length_) {
                refuse(std::errc::bad_message, "a head without a length");
            } else if (*length_ > options_.most) {
                refuse_too_long();
            }
        }
    }
    return problem_ == std::errc() ? std::optional(extent{.head = line_, .size = *length_}) : std::nullopt;
}

std::optional<frame_cutter::extent> frame_cutter::measure() {
    switch (options_.format) {
    case framing::newline:
        return measure_line();
    case framing::content_length:
        return measure_headed();
    default:
        return measure_prefixed();
    }
}

result<std::optional<frame>> frame_cutter::next() {
    const auto found = problem_ == std::errc() ? measure() : std::nullopt;
    if (problem_ != std::errc()) {
        return std::unexpected(
            error{std::make_error_code(problem_), reading, why_.empty() ? too_long(options_.most) : std::string(why_)});
    }
    if (!found || bytes_.size() < found->head || bytes_.size() - found->head < found->size + found->tail) {
        return std::nullopt;
    }
    const frame whole{bytes_.bytes().subspan(found->head, found->size)};
    bytes_.drop(found->head + found->size + found->tail);
    looked_ = 0;
    line_ = 0;
    head_read_ = false;
    length_.reset();
    return whole;
}

result<std::span<std::byte>> frame_cutter::room() {
    const auto room = bytes_.room(least_read);
    if (room.empty()) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), reading});
    }
    return room;
}

result<std::optional<frame>> frame_cutter::end() const {
    if (bytes_.size() == 0) {
        return std::nullopt;
    }
    return std::unexpected(
        error{std::make_error_code(std::errc::connection_aborted), reading,
              "the stream ended within a frame, after " + std::to_string(bytes_.size()) + " bytes of it"});
}

// ---- writing

frame_envelope::frame_envelope(framing format, std::size_t size) noexcept {
    if (format == framing::newline) {
        tail_[0] = std::byte{'\n'};
        tail_size_ = 1;
    } else if (format == framing::content_length) {
        constexpr std::string_view before = "Content-Length: ";
        constexpr std::string_view after = "\r\n\r\n";
        char* const text = reinterpret_cast<char*>(head_.data());
        char* const digits = std::ranges::copy(before, text).out;
        char* const end = std::to_chars(digits, text + head_.size() - after.size(), size).ptr;
        head_size_ = static_cast<std::size_t>(std::ranges::copy(after, end).out - text);
    } else {
        const auto length = static_cast<std::uint32_t>(size);
        const std::uint32_t sent = format == framing::length_prefixed ? most_significant_first(length) : length;
        std::memcpy(head_.data(), &sent, prefix_size);
        head_size_ = prefix_size;
    }
}

result<void> check_frame(const frame_options& options, const_buffer bytes) {
    const bool prefixed =
        options.format == framing::length_prefixed || options.format == framing::length_prefixed_native;
    const std::size_t most =
        prefixed ? std::min<std::size_t>(options.most, std::numeric_limits<std::uint32_t>::max()) : options.most;
    if (bytes.size() > most) {
        return std::unexpected(error{std::make_error_code(std::errc::message_size), writing, too_long(most)});
    }
    if (options.format == framing::newline && std::ranges::find(bytes, std::byte{'\n'}) != bytes.end()) {
        return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), writing,
                                     "a line feed in a frame that ends with one"});
    }
    return {};
}

void frame_rest::keep(std::span<const const_buffer> pieces, std::size_t sent) noexcept {
    for (const const_buffer piece : pieces) {
        const const_buffer unsent = piece.subspan(std::min(sent, piece.size()));
        sent -= piece.size() - unsent.size();
        if (unsent.empty()) {
            continue;
        }
        const auto room = bytes_.room(unsent.size());
        if (room.empty()) {
            bytes_ = {};
            lost_ = true;
            return;
        }
        std::ranges::copy(unsent, room.begin());
        bytes_.commit(unsent.size());
    }
}

result<void> frame_rest::intact() const {
    if (lost_) {
        return std::unexpected(error{std::make_error_code(std::errc::connection_aborted), writing,
                                     "an earlier frame was cut off for want of memory"});
    }
    return {};
}

} // namespace windpipe::detail

// pipe_tools.hpp - small words the tests of pipes are written in.
#pragma once

#include "support/pattern.hpp"
#include "support/result.hpp"

#include <windpipe/pipe.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_test {

/// A limit that has passed already: do what can be done without waiting.
inline windpipe::wait_limit at_once() { return {.until = std::chrono::seconds(0)}; }

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// One read_some() of at most `size` bytes, as text.
template <class Reader>
windpipe::result<std::string> read_text(Reader& reader, std::size_t size, const windpipe::wait_limit& limit = {}) {
    std::vector<std::byte> buffer(size);
    auto count = reader.read_some(buffer, limit);
    if (!count) {
        return std::unexpected(std::move(count).error());
    }
    return text_of(std::span(buffer).first(*count));
}

/// All that can be read without waiting.
template <class Reader>
std::vector<std::byte> drain(Reader& reader) {
    std::vector<std::byte> all;
    for (;;) {
        std::vector<std::byte> buffer(65536);
        const auto count = reader.read_some(buffer, at_once());
        if (!count || *count == 0) {
            EXPECT_TRUE(count || fails_with(count, std::errc::timed_out));
            return all;
        }
        all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
    }
}

/// Writes the pattern from `position` on until the pipe is full; returns how many bytes it took.
template <class Writer>
std::size_t fill(Writer& writer, std::uint64_t position = 0) {
    const auto capacity = windpipe::or_throw(writer.capacity());
    const auto bytes = pattern(2 * capacity + 4096, position);
    const auto outcome = writer.write(bytes, at_once());
    EXPECT_FAILS(outcome, timed_out);
    return outcome ? bytes.size() : outcome.error().transferred;
}

/// Reads `size` bytes or to the end of stream and compares them with the pattern from `position` on.
template <class Reader>
void expect_pattern(Reader& reader, std::size_t size, std::uint64_t position = 0) {
    std::vector<std::byte> buffer(size);
    EXPECT_VALUE(reader.read(buffer), size);
    EXPECT_EQ(pattern_difference(buffer, position), std::nullopt);
}

} // namespace windpipe_test

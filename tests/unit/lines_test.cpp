// The rules of lines, without a pipe: however the stream is split, whatever its ends of line and its lengths.
#include "support/result.hpp"

#include <windpipe/lines.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace windpipe {
static void PrintTo(line_end end, std::ostream* stream) {
    *stream << (end == line_end::line_feed ? "line_feed" : end == line_end::stream ? "stream" : "cut");
}
} // namespace windpipe

namespace {

using windpipe::line_end;
using windpipe::line_options;
using windpipe::long_lines;
using windpipe::detail::line_cutter;

using lines = std::vector<std::pair<std::string, line_end>>;

constexpr auto feed = line_end::line_feed;
constexpr auto stream_end = line_end::stream;
constexpr auto cut_there = line_end::cut;

/// The lines of a stream that comes in the given pieces; "!" for one that is refused.
lines cut(const line_options& options, std::vector<std::string_view> pieces) {
    line_cutter cutter(options);
    lines seen;
    const auto take = [&] {
        for (;;) {
            const auto found = cutter.next();
            if (!found) {
                EXPECT_FAILS(found, message_size);
                seen.emplace_back("!", feed);
                return false;
            }
            if (!*found) {
                return true;
            }
            seen.emplace_back((*found)->text, (*found)->end);
        }
    };
    for (const std::string_view piece : pieces) {
        windpipe::or_throw(cutter.add(std::as_bytes(std::span(piece))));
        if (!take()) {
            return seen;
        }
    }
    cutter.finish();
    take();
    return seen;
}

/// The same however the stream is split.
lines cut_anyhow(const line_options& options, std::string_view stream) {
    lines whole = cut(options, {stream});
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        bytes.push_back(stream.substr(i, 1));
        EXPECT_EQ(cut(options, {stream.substr(0, i), stream.substr(i)}), whole) << "split after " << i;
    }
    EXPECT_EQ(cut(options, bytes), whole) << "byte by byte";
    return whole;
}

TEST(lines, end_with_a_line_feed_and_perhaps_one_carriage_return) {
    EXPECT_EQ(cut_anyhow({}, "one\ntwo\r\n\n\r\nfour\n"),
              (lines{{"one", feed}, {"two", feed}, {"", feed}, {"", feed}, {"four", feed}}));
}

TEST(lines, keep_every_other_carriage_return) {
    EXPECT_EQ(cut_anyhow({}, "a\rb\n\r\r\nc\r"), (lines{{"a\rb", feed}, {"\r", feed}, {"c\r", stream_end}}));
}

TEST(lines, may_be_ended_by_the_stream) {
    EXPECT_EQ(cut_anyhow({}, "one\ntwo"), (lines{{"one", feed}, {"two", stream_end}}));
    EXPECT_EQ(cut_anyhow({}, "one\n"), (lines{{"one", feed}}));
    EXPECT_EQ(cut_anyhow({}, ""), lines());
    EXPECT_EQ(cut_anyhow({}, "\r"), (lines{{"\r", stream_end}}));
}

TEST(lines, of_exactly_the_limit_pass_whatever_ends_them) {
    for (const long_lines policy : {long_lines::refuse, long_lines::cut}) {
        const line_options options{.most = 4, .too_long = policy};
        EXPECT_EQ(cut_anyhow(options, "1234\n1234\r\n123\r\n1234"),
                  (lines{{"1234", feed}, {"1234", feed}, {"123", feed}, {"1234", stream_end}}));
    }
}

TEST(lines, over_the_limit_are_refused) {
    const line_options options{.most = 4};
    EXPECT_EQ(cut_anyhow(options, "1\n12345\n2\n"), (lines{{"1", feed}, {"!", feed}}));
    EXPECT_EQ(cut_anyhow(options, "12345"), (lines{{"!", feed}}));
    EXPECT_EQ(cut_anyhow(options, "1234\r"), (lines{{"!", feed}})) << "a carriage return without a line feed is text";
    EXPECT_EQ(cut_anyhow(options, "1234\r\r\n"), (lines{{"!", feed}}));
}

TEST(lines, over_the_limit_come_in_pieces_where_they_shall) {
    const line_options options{.most = 4, .too_long = long_lines::cut};
    EXPECT_EQ(cut_anyhow(options, "123456789\n2\n"),
              (lines{{"1234", cut_there}, {"5678", cut_there}, {"9", feed}, {"2", feed}}));
    EXPECT_EQ(cut_anyhow(options, "12345678\r\n"), (lines{{"1234", cut_there}, {"5678", feed}}));
    EXPECT_EQ(cut_anyhow(options, "1234\r5\n"), (lines{{"1234", cut_there}, {"\r5", feed}}));
    EXPECT_EQ(cut_anyhow(options, "1234\r\r\n"), (lines{{"1234", cut_there}, {"\r", feed}}));
    EXPECT_EQ(cut_anyhow(options, "12345"), (lines{{"1234", cut_there}, {"5", stream_end}}));
    EXPECT_EQ(cut_anyhow(options, "1234\r"), (lines{{"1234", cut_there}, {"\r", stream_end}}));
}

TEST(lines, that_are_refused_stay_to_be_seen) {
    line_cutter cutter({.most = 2});
    windpipe::or_throw(cutter.add(std::as_bytes(std::span(std::string_view("abc\n")))));
    EXPECT_FAILS(cutter.next(), message_size);
    EXPECT_FAILS(cutter.next(), message_size);
    EXPECT_EQ(cutter.rest().size(), 4U);
}

TEST(lines, of_a_long_stream_are_all_there) {
    std::string stream;
    lines wanted;
    for (std::size_t i = 0; i < 20'000; ++i) {
        const std::string text(i % 97 == 0 ? i : i % 60, static_cast<char>('a' + i % 26));
        stream += text + (i % 2 == 0 ? "\n" : "\r\n");
        wanted.emplace_back(text, feed);
    }
    std::vector<std::string_view> pieces;
    for (std::string_view rest = stream; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(4099, rest.size()))) {
        pieces.push_back(rest.substr(0, 4099));
    }
    EXPECT_TRUE(cut({}, pieces) == wanted);
}

} // namespace

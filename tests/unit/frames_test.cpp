// The rules of the framings, without a pipe: streams that are split anywhere, that break the rules, and that end early.
#include "conformance/helpers/random_text.hpp"
#include "support/result.hpp"

#include <windpipe/frames.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::string_literals;
using windpipe::frame_options;
using windpipe::framing;
using windpipe::result;
using windpipe::detail::frame_cutter;
using windpipe::detail::frame_envelope;
using windpipe_test::fails_with;

constexpr std::array every_framing{framing::length_prefixed, framing::length_prefixed_native, framing::newline,
                                   framing::content_length};

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string encoded(framing format, std::string_view text) {
    const frame_envelope around(format, text.size());
    return text_of(around.head()) + std::string(text) + text_of(around.tail());
}

void feed(frame_cutter& cutter, std::string_view text) {
    while (!text.empty()) {
        const auto room = windpipe::or_throw(cutter.room());
        const std::size_t n = std::min(room.size(), text.size());
        std::ranges::copy(std::as_bytes(std::span(text.substr(0, n))), room.begin());
        cutter.took(n);
        text.remove_prefix(n);
    }
}

/// The frames of a stream that comes in pieces, and what ended it: nothing, or an error.
struct outcome {
    std::vector<std::string> frames;
    std::optional<std::errc> problem;

    friend bool operator==(const outcome&, const outcome&) = default;
    friend void PrintTo(const outcome& what, std::ostream* stream) {
        *stream << testing::PrintToString(what.frames)
                << (what.problem ? std::make_error_code(*what.problem).message() : "no problem");
    }
};

class consumer {
public:
    explicit consumer(const frame_options& options) : cutter_(options) {}

    bool take() {
        for (;;) {
            const auto found = cutter_.next();
            if (!found) {
                return note(found.error());
            }
            if (!*found) {
                return true;
            }
            seen_.frames.push_back(std::string((*found)->text()));
        }
    }
    void add(std::string_view piece) { feed(cutter_, piece); }
    outcome finish() {
        if (const auto ended = cutter_.end(); !seen_.problem && !ended) {
            note(ended.error());
        }
        return seen_;
    }

private:
    bool note(const windpipe::error& cause) {
        EXPECT_FALSE(cause.operation.empty());
        EXPECT_NE(cause.message(), "");
        for (const std::errc known : {std::errc::bad_message, std::errc::message_size, std::errc::connection_aborted}) {
            if (cause.code == known) {
                seen_.problem = known;
            }
        }
        EXPECT_TRUE(seen_.problem) << cause.message();
        return false;
    }

    frame_cutter cutter_;
    outcome seen_;
};

outcome cut(const frame_options& options, std::string_view stream, std::size_t piece) {
    consumer seen(options);
    for (; !stream.empty(); stream.remove_prefix(std::min(piece, stream.size()))) {
        seen.add(stream.substr(0, piece));
        if (!seen.take()) {
            break;
        }
    }
    return seen.finish();
}

/// The same however the stream is cut into pieces.
outcome cut_anyhow(const frame_options& options, const std::string& stream) {
    const outcome whole = cut(options, stream, stream.size() + 1);
    EXPECT_EQ(cut(options, stream, 1), whole) << "byte by byte";
    for (std::size_t first = 1; first < stream.size(); ++first) {
        consumer seen(options);
        seen.add(std::string_view(stream).substr(0, first));
        if (seen.take()) {
            seen.add(std::string_view(stream).substr(first));
            seen.take();
        }
        EXPECT_EQ(seen.finish(), whole) << "split after " << first << " bytes";
    }
    return whole;
}

TEST(frames, come_out_as_they_went_in_wherever_the_stream_is_split) {
    const std::vector<std::string> texts{"{\"id\":1}",        "", "x", std::string(200, 'y'), "\r", "a\0b"s,
                                         "\r\n"s.substr(0, 1)};
    for (const framing format : every_framing) {
        SCOPED_TRACE(static_cast<int>(format));
        std::string stream;
        for (const std::string& text : texts) {
            stream += encoded(format, text);
        }
        EXPECT_EQ(cut_anyhow({.format = format}, stream), (outcome{texts, {}}));
    }
}

TEST(frames, of_random_bytes_and_sizes_come_out_as_they_went_in) {
    windpipe_test::random_text random(7);
    for (int round = 0; round < 400; ++round) {
        const framing format = every_framing[random.below(every_framing.size())];
        std::vector<std::string> texts(random.below(20));
        std::string stream;
        for (std::string& text : texts) {
            text.resize(random.below(10) == 0 ? random.below(200'000) : random.below(100));
            std::ranges::generate(text, [&] { return static_cast<char>(random.below(256)); });
            if (format == framing::newline) {
                std::ranges::replace(text, '\n', ' ');
            }
            stream += encoded(format, text);
        }
        consumer seen({.format = format});
        for (std::string_view rest = stream; !rest.empty();) {
            const std::size_t piece = std::min(rest.size(), 1 + random.below(100'000));
            seen.add(rest.substr(0, piece));
            seen.take();
            rest.remove_prefix(piece);
        }
        ASSERT_TRUE(seen.finish() == (outcome{texts, {}})) << "round " << round;
    }
}

TEST(frames, that_are_cut_off_are_told_from_a_clean_end) {
    for (const framing format : every_framing) {
        const std::string one = encoded(format, "text");
        for (std::size_t length = 1; length < one.size(); ++length) {
            EXPECT_EQ(cut({.format = format}, one + one.substr(0, length), 3),
                      (outcome{{"text"}, std::errc::connection_aborted}))
                << static_cast<int>(format) << " after " << length << " bytes";
        }
        EXPECT_EQ(cut({.format = format}, "", 1), outcome()) << "an empty stream has no frames";
    }
}

TEST(frames, of_exactly_the_limit_pass_and_one_byte_more_does_not) {
    for (const framing format : every_framing) {
        SCOPED_TRACE(static_cast<int>(format));
        const frame_options options{.format = format, .most = 10};
        const std::string most(10, 'm');
        EXPECT_EQ(cut_anyhow(options, encoded(format, most) + encoded(format, "")), (outcome{{most, ""}, {}}));
        EXPECT_EQ(cut_anyhow(options, encoded(format, "a") + encoded(format, most + "m")),
                  (outcome{{"a"}, std::errc::message_size}));
        EXPECT_EQ(cut({.format = format, .most = 0}, encoded(format, "") + encoded(format, "x"), 2),
                  (outcome{{""}, std::errc::message_size}));
    }
}

TEST(frames, that_promise_more_than_the_limit_are_refused_before_they_come) {
    EXPECT_EQ(cut_anyhow({.most = 1000}, "\xFF\xFF\xFF\xFF"), (outcome{{}, std::errc::message_size}));
    EXPECT_EQ(cut_anyhow({.format = framing::content_length, .most = 1000}, "Content-Length: 1001\r\n\r\n"),
              (outcome{{}, std::errc::message_size}));
    EXPECT_EQ(cut_anyhow({.format = framing::content_length}, "Content-Length: 99999999999999999999999999\r\n\r\n"),
              (outcome{{}, std::errc::message_size}));
}

TEST(frames, with_a_prefix_have_the_most_significant_byte_first) {
    EXPECT_EQ(encoded(framing::length_prefixed, std::string(258, 'x')).substr(0, 4), "\0\0\1\2"s);
    EXPECT_EQ(cut({}, "\0\0\0\3abc"s, 2), (outcome{{"abc"}, {}}));
}

TEST(frames, with_a_head_are_written_as_language_servers_want_them) {
    EXPECT_EQ(encoded(framing::content_length, "{}"), "Content-Length: 2\r\n\r\n{}");
    const frame_envelope longest(framing::content_length, static_cast<std::size_t>(-1));
    EXPECT_EQ(text_of(longest.head()), "Content-Length: " + std::to_string(static_cast<std::size_t>(-1)) + "\r\n\r\n");
}

TEST(frames, with_a_head_may_have_other_fields_in_any_order_and_case) {
    for (const std::string head :
         {"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
          "Content-Type: x\r\ncontent-length:2\r\n\r\n", "CONTENT-LENGTH: \t 2 \t\r\nX:\r\n\r\n",
          "Content-Length: 2\n\n", "Content-Length: 002\r\n\r\n"}) {
        EXPECT_EQ(cut_anyhow({.format = framing::content_length}, head + "{}"), (outcome{{"{}"}, {}})) << head;
    }
}

TEST(frames, with_a_bad_head_are_refused) {
    for (const std::string head :
         {"\r\n", "{\"id\":1}\n\r\n", "Content-Type: x\r\n\r\n", "Content-Length: \r\n\r\n",
          "Content-Length: -1\r\n\r\n", "Content-Length: +1\r\n\r\n", "Content-Length: 1 2\r\n\r\n",
          "Content-Length: 0x2\r\n\r\n", "Content-Length: 2.0\r\n\r\n", ": 2\r\n\r\n", "Content Length: 2\r\n\r\n",
          "Content-Length 2\r\n\r\n", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n",
          "Content-Length: 2\r\n\r\r\n\r\n"}) {
        EXPECT_EQ(cut_anyhow({.format = framing::content_length}, head + "{}"), (outcome{{}, std::errc::bad_message}))
            << head;
    }
}

TEST(frames, with_a_head_that_never_ends_are_refused) {
    const std::string fields = "X: " + std::string(4090, 'x');
    EXPECT_EQ(cut({.format = framing::content_length}, fields + "\r\n\r\n", 100),
              (outcome{{}, std::errc::bad_message}));
    EXPECT_EQ(cut({.format = framing::content_length}, std::string(5000, 'x'), 5000),
              (outcome{{}, std::errc::bad_message}));
}

TEST(frames, behind_a_broken_one_are_not_guessed) {
    frame_cutter cutter({.format = framing::content_length});
    feed(cutter, "Content-Length: x\r\n\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_FAILS(cutter.next(), bad_message);
    EXPECT_FAILS(cutter.next(), bad_message);
    EXPECT_TRUE(text_of(cutter.rest()).starts_with("Content-Length: x"));
}

TEST(frames, that_are_handed_out_stay_until_more_is_read) {
    frame_cutter cutter({.format = framing::newline});
    feed(cutter, "one\ntwo\nthr");
    const auto one = windpipe::or_throw(cutter.next());
    const auto two = windpipe::or_throw(cutter.next());
    EXPECT_VALUE(cutter.next(), std::nullopt);
    EXPECT_EQ(one->text(), "one");
    EXPECT_EQ(two->text(), "two");
    EXPECT_EQ(text_of(cutter.rest()), "thr");
}

// ---- the reader and the writer, over a stream in memory

/// Gives one byte a call, and now and then a timeout.
struct reluctant_source {
    std::string text;
    std::size_t calls = 0;

    result<std::size_t> read_some(std::span<std::byte> into, const windpipe::wait_limit& /*limit*/) {
        if (++calls % 3 == 0) {
            return std::unexpected(windpipe::error{std::make_error_code(std::errc::timed_out), "read"});
        }
        if (text.empty()) {
            return 0;
        }
        into[0] = static_cast<std::byte>(text[0]);
        text.erase(0, 1);
        return 1;
    }
};

/// Takes up to `most` bytes a call and then runs out of time.
struct reluctant_sink {
    std::string text;
    std::size_t most = 0;

    result<void> write(windpipe::const_buffer bytes, const windpipe::wait_limit& /*limit*/) {
        const std::size_t n = std::min(most, bytes.size());
        text += text_of(bytes.first(n));
        most -= n;
        if (n < bytes.size()) {
            return std::unexpected(windpipe::error{std::make_error_code(std::errc::timed_out), "write", "", n});
        }
        return {};
    }
};

TEST(frame_reader, goes_on_after_a_timeout_in_the_middle) {
    for (const framing format : every_framing) {
        windpipe::frame_reader reader(reluctant_source{encoded(format, "first") + encoded(format, "second")},
                                      {.format = format});
        std::vector<std::string> seen;
        for (bool ended = false; !ended;) {
            const auto found = reader.next();
            if (!found) {
                ASSERT_FAILS(found, timed_out);
                continue;
            }
            ended = !*found;
            if (!ended) {
                seen.emplace_back((*found)->text());
            }
        }
        EXPECT_EQ(seen, (std::vector<std::string>{"first", "second"}));
    }
}

TEST(frame_reader, is_moved_with_what_it_has_read) {
    windpipe::frame_reader reader(reluctant_source{"one\n"}, {.format = framing::newline});
    EXPECT_FAILS(reader.next(), timed_out);
    auto moved = std::move(reader);
    const auto one = moved.next();
    ASSERT_OK(one);
    EXPECT_EQ((*one)->text(), "one");
}

TEST(frame_writer, keeps_the_rest_of_a_frame_and_sends_it_first) {
    for (const framing format : every_framing) {
        const std::string first = encoded(format, "first");
        for (std::size_t taken = 1; taken < first.size(); ++taken) {
            windpipe::frame_writer writer(reluctant_sink{.text = {}, .most = taken}, {.format = format});
            const auto begun = writer.write("first");
            ASSERT_FAILS(begun, timed_out);
            EXPECT_EQ(begun.error().transferred, taken);
            EXPECT_EQ(writer.unsent(), first.size() - taken);
            const auto refused = writer.write("second");
            ASSERT_FAILS(refused, timed_out);
            EXPECT_EQ(refused.error().transferred, 0U) << "nothing of this frame";
            writer.end().most = 1000;
            ASSERT_OK(writer.write("second"));
            EXPECT_EQ(writer.unsent(), 0U);
            EXPECT_EQ(writer.end().text, first + encoded(format, "second"));
        }
    }
}

TEST(frame_writer, forgets_a_frame_of_which_nothing_was_sent) {
    windpipe::frame_writer writer(reluctant_sink{}, {.format = framing::newline});
    EXPECT_FAILS(writer.write("text"), timed_out);
    EXPECT_EQ(writer.unsent(), 0U);
    writer.end().most = 1000;
    EXPECT_OK(writer.flush());
    EXPECT_EQ(writer.end().text, "");
}

TEST(frame_writer, refuses_what_no_reader_would_take) {
    windpipe::frame_writer lines(reluctant_sink{.text = {}, .most = 1000}, {.format = framing::newline, .most = 5});
    EXPECT_FAILS(lines.write("a\nb"), invalid_argument);
    EXPECT_FAILS(lines.write("123456"), message_size);
    EXPECT_OK(lines.write("12345"));
    EXPECT_EQ(lines.end().text, "12345\n");
}

} // namespace

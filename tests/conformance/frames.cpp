// Frames over real pipes and to real children: whole, in order, and never torn by a deadline.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "helpers/processes.hpp"
#include "support/threads.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::frame_reader;
using windpipe::frame_writer;
using windpipe::framing;
using windpipe::or_throw;

constexpr std::array every_framing{framing::length_prefixed, framing::length_prefixed_native, framing::newline,
                                   framing::content_length};

/// What next() has given, as text; "none" at the end of the stream.
template <class Reader>
windpipe::result<std::string> next_text(Reader& reader, const windpipe::wait_limit& limit = {}) {
    auto found = reader.next(limit);
    if (!found) {
        return std::unexpected(std::move(found).error());
    }
    return std::string(*found ? (*found)->text() : "none");
}

/// A frame that no other looks like, without line feeds.
std::string numbered(std::size_t number) {
    constexpr std::array<std::size_t, 8> sizes{0, 1, 40, 4095, 4096, 4097, 70'000, 200'000};
    return std::to_string(number) + std::string(sizes[number % sizes.size()], static_cast<char>('a' + number % 26));
}

PIPE_TEST(framed, frames_of_any_size_arrive_whole_and_in_order) {
    for (const framing format : every_framing) {
        auto [reader_end, writer_end] = this->make();
        observed_thread sender([format, end = std::move(writer_end)]() mutable {
            frame_writer writer(std::move(end), {.format = format});
            for (std::size_t i = 0; i < 100; ++i) {
                ASSERT_OK(writer.write(numbered(i)));
            }
        });
        frame_reader reader(std::move(reader_end), {.format = format});
        for (std::size_t i = 0; i < 100; ++i) {
            ASSERT_EQ(next_text(reader).value_or("failed"), numbered(i)) << "frame " << i;
        }
        EXPECT_VALUE(next_text(reader), "none");
        EXPECT_VALUE(next_text(reader), "none");
    }
}

PIPE_TEST(framed, a_deadline_within_a_frame_keeps_what_has_come_of_it) {
    for (const framing format : every_framing) {
        auto [reader_end, writer] = this->make();
        const windpipe::detail::frame_envelope around(format, 5);
        const std::string stream = text_of(around.head()) + "hello" + text_of(around.tail());
        frame_reader reader(std::move(reader_end), {.format = format});
        for (const char byte : stream) {
            EXPECT_FAILS(reader.next(at_once()), timed_out);
            ASSERT_OK(writer.write({&byte, 1}));
        }
        EXPECT_VALUE(next_text(reader), "hello");
    }
}

PIPE_TEST(framed, an_end_of_the_stream_within_a_frame_is_an_error) {
    for (const framing format : every_framing) {
        auto [reader_end, writer] = this->make();
        const windpipe::detail::frame_envelope around(format, 5);
        ASSERT_OK(writer.write(text_of(around.head()) + "hell"));
        writer.close();
        frame_reader reader(std::move(reader_end), {.format = format});
        EXPECT_FAILS(reader.next(), connection_aborted);
        EXPECT_FAILS(reader.next(), connection_aborted);
        EXPECT_EQ(text_of(reader.buffered()), text_of(around.head()) + "hell");
    }
}

SIZED_PIPE_TEST(framed, a_deadline_within_a_write_neither_loses_nor_repeats) {
    auto [reader_end, writer_end] = this->make({.capacity = 4096});
    frame_writer writer(std::move(writer_end), {.format = framing::content_length});
    const std::string large(1'000'000, 'l');
    const auto begun = writer.write(large, at_once());
    ASSERT_FAILS(begun, timed_out);
    EXPECT_GT(begun.error().transferred, 0U);
    EXPECT_GT(writer.unsent(), 0U);
    EXPECT_FAILS(writer.flush(at_once()), timed_out);
    observed_thread sender([&] {
        EXPECT_OK(writer.write("next"));
        writer.end().close();
    });
    frame_reader reader(std::move(reader_end), {.format = framing::content_length});
    EXPECT_TRUE(next_text(reader).value_or("failed") == large);
    EXPECT_VALUE(next_text(reader), "next");
    EXPECT_VALUE(next_text(reader), "none");
}

SYSTEM_PIPE_TEST(framed, many_small_frames_may_be_gathered) {
    auto [reader_end, writer_end] = this->make();
    observed_thread sender([end = std::move(writer_end)]() mutable {
        frame_writer writer(windpipe::buffered_writer(std::move(end)), {.format = framing::newline});
        for (std::size_t i = 0; i < 10'000; ++i) {
            ASSERT_OK(writer.write(std::to_string(i)));
        }
        EXPECT_OK(writer.end().close());
    });
    frame_reader reader(std::move(reader_end), {.format = framing::newline});
    for (std::size_t i = 0; i < 10'000; ++i) {
        ASSERT_EQ(next_text(reader).value_or("failed"), std::to_string(i));
    }
    EXPECT_VALUE(next_text(reader), "none");
}

PIPE_TEST(framed, nobody_reads_them_any_more) {
    auto [reader_end, writer_end] = this->make();
    reader_end.close();
    frame_writer writer(std::move(writer_end));
    EXPECT_FAILS(writer.write("text"), broken_pipe);
    EXPECT_EQ(writer.unsent(), 0U);
}

PIPE_TEST(framed, a_frame_over_the_limit_is_refused_and_stays_to_be_seen) {
    auto [reader_end, writer_end] = this->make();
    frame_writer writer(std::move(writer_end), {.format = framing::newline});
    ASSERT_OK(writer.write("12345"));
    ASSERT_OK(writer.write("123456"));
    frame_reader reader(std::move(reader_end), {.format = framing::newline, .most = 5});
    EXPECT_VALUE(next_text(reader), "12345");
    EXPECT_FAILS(reader.next(), message_size);
    EXPECT_FAILS(reader.next(), message_size);
    EXPECT_EQ(text_of(reader.buffered()), "123456\n");
}

TEST(frames_of_a_child, come_back_from_one_that_copies) {
    for (const framing format : every_framing) {
        auto child = or_throw(child_command("cat").in(windpipe::piped).out(windpipe::piped).spawn());
        frame_writer requests(std::move(child.in), {.format = format});
        frame_reader answers(std::move(child.out), {.format = format});
        for (std::size_t i = 0; i < 6; ++i) { // of sizes that a pipe holds
            ASSERT_OK(requests.write(numbered(i)));
            ASSERT_EQ(next_text(answers).value_or("failed"), numbered(i));
        }
        requests.end().close();
        EXPECT_VALUE(next_text(answers), "none");
        EXPECT_TRUE(exited_with(child.wait(), 0));
    }
}

TEST(frames_of_a_child, are_the_session_of_a_server_over_lines_of_json) {
    auto child = or_throw(child_command("answer_json").in(windpipe::piped).out(windpipe::piped).spawn());
    frame_writer requests(std::move(child.in), {.format = framing::newline});
    frame_reader answers(std::move(child.out), {.format = framing::newline});
    const auto ask = [&](std::string_view request) {
        EXPECT_OK(requests.write(request));
        return next_text(answers).value_or("failed");
    };
    EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{}})"),
              R"({"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},)"
              R"("serverInfo":{"name":"answer_json"}}})");
    EXPECT_OK(requests.write(R"({"jsonrpc":"2.0","method":"notifications/initialized"})"));
    EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":2,"method":"tools/list"})"),
              R"({"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"echo"}]}})");
    const std::string text(30'000, 't'); // with its answer more than one read, and less than a pipe holds
    EXPECT_TRUE(ask(R"({"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"echo","arguments":{"text":")" +
                    text + R"("}}})") ==
                R"({"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":")" + text + R"("}]}})");
    EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":4,"method":"unknown"})"),
              R"({"jsonrpc":"2.0","id":4,"error":{"code":-32601}})");
    EXPECT_FAILS(requests.write("{\n}"), invalid_argument);
    requests.end().close();
    EXPECT_VALUE(next_text(answers), "none");
    EXPECT_TRUE(exited_with(child.wait(), 0)) << "it saw whole lines only";
}

TEST(frames_of_a_child, that_dies_within_one_are_cut_off) {
    auto child = or_throw(child_command("flood", "100", "0").out(windpipe::piped).err(windpipe::null).spawn());
    frame_reader answers(std::move(child.out), {.format = framing::newline, .most = 1000});
    windpipe::result<std::string> last = "";
    while (last && *last != "none") {
        last = next_text(answers);
    }
    EXPECT_FAILS(last, connection_aborted) << "its last byte is no line feed";
    EXPECT_TRUE(exited_with(child.wait(), 0));
}

} // namespace
} // namespace windpipe_test

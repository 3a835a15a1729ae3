// Small writes gathered in memory: in order, none lost, and none kept back when somebody waits for it.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <windpipe/io.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::buffered_writer;

/// Writes single bytes until one stays in the buffer: a writer that was slow in between sends at once. How many.
std::size_t leave_in_buffer(buffered_writer& writer) {
    std::size_t written = 0;
    while (writer.buffered() == 0) {
        windpipe::or_throw(writer.write("x"));
        ++written;
    }
    return written;
}

SYSTEM_PIPE_TEST(buffered_writer, keeps_records_until_it_is_flushed) {
    auto [reader, end] = this->make();
    buffered_writer writer(std::move(end));
    const std::size_t written = leave_in_buffer(writer);
    EXPECT_VALUE(reader.available(), written - writer.buffered());
    ASSERT_OK(writer.flush());
    EXPECT_EQ(writer.buffered(), 0U);
    EXPECT_VALUE(reader.available(), written);
}

SYSTEM_PIPE_TEST(buffered_writer, records_of_any_size_arrive_whole_and_in_order) {
    auto [reader, end] = this->make();
    constexpr std::size_t total = 3'000'000;
    const auto whole = pattern(total);
    observed_thread thread([&, end = std::move(end)]() mutable {
        buffered_writer writer(std::move(end));
        std::size_t written = 0;
        for (std::size_t turn = 0; written < total; ++turn) {
            constexpr std::array<std::size_t, 7> sizes{1, 64, 8191, 8192, 8193, 100'000, 0};
            const std::size_t size = std::min(sizes[turn % sizes.size()], total - written);
            ASSERT_OK(writer.write(std::span(whole).subspan(written, size)));
            written += size;
        }
        EXPECT_OK(writer.close());
    });
    expect_pattern(reader, total);
    EXPECT_VALUE(read_text(reader, 1), "");
}

SYSTEM_PIPE_TEST(buffered_writer, the_destructor_sends_the_rest_and_ends_the_stream) {
    auto [reader, end] = this->make();
    std::size_t written = 0;
    std::vector<std::byte> bytes(10'000);
    {
        buffered_writer writer(std::move(end));
        written = leave_in_buffer(writer);
    }
    EXPECT_VALUE(reader.read(bytes), written);
    EXPECT_VALUE(read_text(reader, 100), "");
}

SYSTEM_PIPE_TEST(buffered_writer, an_assignment_sends_the_rest_of_the_one_that_goes) {
    auto [reader, end] = this->make();
    auto [other_reader, other_end] = this->make();
    buffered_writer writer(std::move(end));
    const std::size_t written = leave_in_buffer(writer);
    writer = buffered_writer(std::move(other_end));
    std::vector<std::byte> bytes(10'000);
    EXPECT_VALUE(reader.read(bytes), written);
    EXPECT_VALUE(read_text(reader, 100), "");
    ASSERT_OK(writer.write("other"));
    EXPECT_OK(writer.close());
    EXPECT_VALUE(read_text(other_reader, 100), "other");
}

SYSTEM_PIPE_TEST(buffered_writer, old_bytes_go_with_a_later_write) {
    auto [reader, end] = this->make();
    buffered_writer writer(std::move(end));
    ASSERT_OK(writer.write("old"));
    const std::string more(1500, 'm'); // the clock is asked once for some bytes
    ASSERT_OK(writer.write(more));
    const auto later = std::chrono::steady_clock::now() + 200us;
    while (std::chrono::steady_clock::now() < later) {
        std::this_thread::yield();
    }
    ASSERT_OK(writer.write("new"));
    EXPECT_GE(reader.available().value_or(0), 3 + more.size()) << "the old bytes, at least";
}

SYSTEM_PIPE_TEST(buffered_writer, a_tied_one_is_sent_before_a_read_waits) {
    auto [requests, requests_end] = this->make();
    auto [answers, answers_end] = this->make();
    observed_thread peer([&requests = requests, answers_end = std::move(answers_end)]() mutable {
        for (int i = 0; i < 100; ++i) {
            const auto request = read_text(requests, 100);
            ASSERT_OK(request);
            ASSERT_OK(answers_end.write(*request));
        }
    });
    buffered_writer writer(std::move(requests_end));
    writer.tie(answers);
    for (int i = 0; i < 100; ++i) {
        const std::string request = "request " + std::to_string(i);
        ASSERT_OK(writer.write(request));
        ASSERT_EQ(read_text(answers, 100).value_or("none"), request) << "or it waits for ever";
    }
}

SYSTEM_PIPE_TEST(buffered_writer, a_tied_one_without_readers_keeps_nobody_from_reading_the_rest) {
    auto [requests, requests_end] = this->make();
    auto [answers, answers_end] = this->make();
    buffered_writer writer(std::move(requests_end));
    writer.tie(answers);
    (void)leave_in_buffer(writer);
    ASSERT_OK(answers_end.write("last words"));
    requests.close();
    EXPECT_VALUE(read_text(answers, 100), "last words");
    EXPECT_FAILS(writer.flush(), broken_pipe);
}

SYSTEM_PIPE_TEST(buffered_writer, a_tie_outlives_the_writer) {
    auto [requests, requests_end] = this->make();
    auto [answers, answers_end] = this->make();
    {
        buffered_writer writer(std::move(requests_end));
        writer.tie(answers);
    }
    EXPECT_VALUE(read_text(requests, 100), ""); // the tie holds no end open
    ASSERT_OK(answers_end.write("text"));
    EXPECT_VALUE(read_text(answers, 100), "text");
}

SIZED_SYSTEM_PIPE_TEST(buffered_writer, a_flush_that_ran_out_of_time_loses_and_repeats_nothing) {
    auto [reader, end] = this->make({.capacity = 4096});
    buffered_writer writer(std::move(end));
    const auto whole = pattern(1'000'000);
    std::size_t accepted = 0;
    std::optional<windpipe::error> refused;
    while (!refused && accepted + 1000 <= whole.size()) {
        auto written = writer.write(std::span(whole).subspan(accepted, 1000), {.until = 0s});
        if (written) {
            accepted += 1000;
        } else {
            refused = written.error();
        }
    }
    ASSERT_TRUE(refused) << "a pipe that nobody reads took it all";
    EXPECT_EQ(refused->code, std::errc::timed_out);
    EXPECT_EQ(refused->transferred, 0U) << "none of this record";
    observed_thread thread([&] { EXPECT_OK(writer.close()); });
    expect_pattern(reader, accepted);
    EXPECT_VALUE(read_text(reader, 1), ""); // and nothing more
}

SYSTEM_PIPE_TEST(buffered_writer, says_that_nobody_reads) {
    auto [reader, end] = this->make();
    buffered_writer writer(std::move(end));
    (void)leave_in_buffer(writer);
    reader.close();
    EXPECT_FAILS(writer.flush(), broken_pipe);
    EXPECT_GE(writer.buffered(), 1U) << "what was not sent is still there";
    EXPECT_FAILS(writer.close(), broken_pipe);
}

TEST(buffered_writer_without_end, refuses_every_call) {
    buffered_writer writer{windpipe::pipe_writer()};
    EXPECT_FAILS(writer.write("x"), bad_file_descriptor);
    buffered_writer moved(std::move(writer));
    EXPECT_FAILS(writer.write("x"), bad_file_descriptor); // NOLINT(bugprone-use-after-move): that is the test
    EXPECT_FAILS(writer.flush(), bad_file_descriptor);    // NOLINT(bugprone-use-after-move)
    EXPECT_FAILS(writer.close(), bad_file_descriptor);    // NOLINT(bugprone-use-after-move)
}

} // namespace
} // namespace windpipe_test

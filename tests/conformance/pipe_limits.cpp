// Deadlines: never too early, never blocking once passed, and nothing lost by them.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <array>
#include <chrono>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using clock = windpipe::deadline::clock;

PIPE_TEST(pipe_deadline, a_read_gives_up_not_before_its_time) {
    auto [reader, writer] = this->make();
    for (const auto time : {1ms, 30ms, 75ms}) {
        const auto until = clock::now() + time;
        EXPECT_FAILS(read_text(reader, 10, {.until = until}), timed_out);
        EXPECT_GE(clock::now(), until);
    }
}

PIPE_TEST(pipe_deadline, a_write_gives_up_not_before_its_time) {
    auto [reader, writer] = this->make();
    fill(writer);
    for (const auto time : {1ms, 30ms, 75ms}) {
        const auto until = clock::now() + time;
        EXPECT_FAILS(writer.write("x", {.until = until}), timed_out);
        EXPECT_GE(clock::now(), until);
    }
}

PIPE_TEST(pipe_deadline, may_be_finer_than_a_millisecond) {
    auto [reader, writer] = this->make();
    const auto until = clock::now() + 1'500us;
    EXPECT_FAILS(read_text(reader, 10, {.until = until}), timed_out);
    EXPECT_GE(clock::now(), until);
}

PIPE_TEST(pipe_deadline, that_has_passed_still_lets_a_call_do_what_needs_no_wait) {
    auto [reader, writer] = this->make();
    for (const windpipe::deadline passed :
         {windpipe::deadline(0s), windpipe::deadline(-1h), windpipe::deadline(clock::time_point::min()),
          windpipe::deadline(clock::time_point{})}) {
        const windpipe::wait_limit limit{.until = passed};
        EXPECT_FAILS(read_text(reader, 10, limit), timed_out);
        EXPECT_OK(writer.write("now", limit));
        EXPECT_VALUE(read_text(reader, 10, limit), "now");
        EXPECT_VALUE(writer.write_some(bytes_of("or"), limit), 2U);
        const std::array<windpipe::const_buffer, 2> pieces{bytes_of("ne"), bytes_of("ver")};
        EXPECT_OK(writer.write_gather(pieces, limit));
        EXPECT_VALUE(read_text(reader, 10, limit), "ornever");
    }
    writer.close();
    EXPECT_VALUE(read_text(reader, 10, at_once()), "");
}

PIPE_TEST(pipe_deadline, that_has_passed_fills_what_can_be_filled) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("12345"));
    std::array<std::byte, 8> buffer{};
    const auto outcome = reader.read(buffer, at_once());
    ASSERT_FAILS(outcome, timed_out);
    EXPECT_EQ(outcome.error().transferred, 5U);
    EXPECT_EQ(text_of(std::span(buffer).first(5)), "12345");
    EXPECT_VALUE(reader.available(), 0U);
}

/// More than passes through any pipe in a hundredth of a second.
constexpr std::size_t very_much = 256UL * 1024 * 1024;

PIPE_TEST(pipe_deadline, ends_a_read_to_which_bytes_never_stop_coming) {
    auto [reader, writer] = this->make();
    std::jthread source([end = std::move(writer)]() mutable {
        const std::vector<std::byte> bytes(65536);
        while (end.write(bytes)) {
        }
    });
    std::vector<std::byte> buffer(very_much);
    const auto filled = reader.read(buffer, {.until = 10ms});
    ASSERT_FAILS(filled, timed_out);
    EXPECT_GT(filled.error().transferred, 0U);
    std::vector<std::byte> all;
    const auto to_end = reader.read_to_end(all, very_much, {.until = 10ms});
    ASSERT_FAILS(to_end, timed_out);
    EXPECT_EQ(to_end.error().transferred, all.size());
    reader.close();
}

PIPE_TEST(pipe_deadline, that_has_passed_ends_a_read_to_end_of_a_pipe_that_never_runs_dry) {
    auto [reader, writer] = this->make({.capacity = 1024UL * 1024});
    fill(writer);
    std::jthread source([end = std::move(writer)]() mutable {
        const std::vector<std::byte> bytes(65536);
        while (end.write(bytes)) {
        }
    });
    constexpr std::size_t more_than_it_holds = 4UL * 1024 * 1024;
    for (int round = 0; round < 5; ++round) {
        std::vector<std::byte> all;
        const auto to_end = reader.read_to_end(all, very_much, at_once());
        ASSERT_FAILS(to_end, timed_out);
        EXPECT_EQ(to_end.error().transferred, all.size());
        EXPECT_LT(all.size(), more_than_it_holds);
    }
    reader.close();
}

PIPE_TEST(pipe_deadline, ends_a_write_whose_reader_never_stops_reading) {
    auto [reader, writer] = this->make();
    std::size_t taken = 0;
    std::jthread sink([&taken, end = std::move(reader)]() mutable {
        std::vector<std::byte> buffer(65536);
        for (std::size_t n = 1; n > 0; taken += n) {
            n = end.read_some(buffer).value_or(0);
        }
    });
    const std::vector<std::byte> bytes(very_much);
    const auto outcome = writer.write(bytes, {.until = 10ms});
    writer.close();
    sink.join();
    ASSERT_FAILS(outcome, timed_out);
    EXPECT_EQ(outcome.error().transferred, taken);
}

PIPE_TEST(pipe_deadline, covers_a_filling_read_as_a_whole) {
    auto [reader, writer] = this->make();
    std::array<std::byte, 8> buffer{};
    windpipe::result<std::size_t> outcome;
    const auto until = clock::now() + 100ms;
    observed_thread thread([&] { outcome = reader.read(buffer, {.until = until}); });
    ASSERT_TRUE(thread.wait_until_blocked() || clock::now() >= until);
    ASSERT_OK(writer.write("abc"));
    thread.join();
    ASSERT_FAILS(outcome, timed_out);
    EXPECT_GE(clock::now(), until);
    const std::size_t transferred = outcome.error().transferred;
    EXPECT_EQ(text_of(std::span(buffer).first(transferred)) + text_of(drain(reader)), "abc");
}

PIPE_TEST(pipe_deadline, does_not_come_too_late_for_data_that_comes_before_it) {
    auto [reader, writer] = this->make();
    windpipe::result<std::string> got;
    observed_thread thread([&] { got = read_text(reader, 100, {.until = 1h}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("in time"));
    thread.join();
    EXPECT_VALUE(got, "in time");
}

PIPE_TEST(pipe_deadline, does_not_keep_the_end_of_stream_waiting) {
    auto [reader, writer] = this->make();
    windpipe::result<std::string> got = "not read";
    observed_thread thread([&] { got = read_text(reader, 100, {.until = 1h}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    writer.close();
    thread.join();
    EXPECT_VALUE(got, "");
}

PIPE_TEST(pipe_deadline, does_not_keep_a_broken_pipe_waiting) {
    auto [reader, writer] = this->make();
    fill(writer);
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write("x", {.until = 1h}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    reader.close();
    thread.join();
    EXPECT_FAILS(outcome, broken_pipe);
}

PIPE_TEST(pipe_deadline, lets_a_big_write_under_way_go_on_as_the_reader_takes_it) {
    auto [reader, writer] = this->make();
    const std::size_t size = 6 * windpipe::or_throw(writer.capacity()) + 1;
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write(pattern(size), {.until = 1h}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    expect_pattern(reader, size);
    thread.join();
    EXPECT_OK(outcome);
}

PIPE_TEST(pipe_deadline, so_far_away_that_no_clock_reaches_it_means_never) {
    EXPECT_TRUE(windpipe::deadline(std::chrono::hours::max()).is_never());
    auto [reader, writer] = this->make();
    windpipe::result<std::string> got;
    observed_thread thread([&] { got = read_text(reader, 100, {.until = std::chrono::hours::max()}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("x"));
    thread.join();
    EXPECT_VALUE(got, "x");
}

PIPE_TEST(pipe_deadline, that_was_missed_leaves_the_ends_as_they_were) {
    auto [reader, writer] = this->make();
    for (int time = 0; time < 20; ++time) {
        EXPECT_FAILS(read_text(reader, 10, {.until = 1ms}), timed_out);
        ASSERT_OK(writer.write("still fine"));
        EXPECT_VALUE(read_text(reader, 10), "still fine");
    }
    EXPECT_TRUE(reader.is_open());
}

PIPE_TEST(pipe_deadline, names_the_call_in_its_message) {
    auto [reader, writer] = this->make();
    const auto outcome = read_text(reader, 10, at_once());
    ASSERT_FAILS(outcome, timed_out);
    EXPECT_EQ(outcome.error().operation, "read");
    EXPECT_NE(outcome.error().message().find("read"), std::string::npos) << outcome.error().message();
}

} // namespace
} // namespace windpipe_test

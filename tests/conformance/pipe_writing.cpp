// Writing: all of it, or what fits, or what is wrong.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <array>
#include <thread>

namespace windpipe_test {
namespace {

PIPE_TEST(pipe_writing, S6_a_write_returns_when_all_its_bytes_are_in_the_pipe) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write(pattern(4096)));
    EXPECT_VALUE(reader.available(), 4096U);
    expect_pattern(reader, 4096);
}

PIPE_TEST(pipe_writing, S6_a_write_into_a_full_pipe_waits_for_the_reader) {
    auto [reader, writer] = this->make();
    const std::size_t full = fill(writer);
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write(pattern(5000, full)); });
    ASSERT_TRUE(thread.wait_until_blocked());
    expect_pattern(reader, full + 5000);
    thread.join();
    EXPECT_OK(outcome);
}

PIPE_TEST(pipe_writing, S6_a_write_of_many_times_the_capacity_arrives_whole) {
    auto [reader, writer] = this->make();
    const std::size_t size = 10 * windpipe::or_throw(writer.capacity()) + 77;
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write(pattern(size)); });
    ASSERT_TRUE(thread.wait_until_blocked());
    expect_pattern(reader, size);
    thread.join();
    EXPECT_OK(outcome);
}

PIPE_TEST(pipe_writing, text_and_bytes_are_written_alike) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write(std::string_view("a\0b", 3)));
    ASSERT_OK(writer.write(bytes_of("\xff\xfe")));
    EXPECT_VALUE(read_text(reader, 100), std::string("a\0b\xff\xfe", 5));
}

PIPE_TEST(pipe_writing, a_write_of_nothing_puts_nothing_there_and_wakes_nobody) {
    auto [reader, writer] = this->make();
    windpipe::result<std::string> got;
    observed_thread thread([&] { got = read_text(reader, 100); });
    ASSERT_TRUE(thread.wait_until_blocked());
    EXPECT_OK(writer.write(""));
    EXPECT_OK(writer.write(windpipe::const_buffer{}));
    EXPECT_VALUE(writer.write_some({}), 0U);
    EXPECT_OK(writer.write_gather({}));
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("something"));
    thread.join();
    EXPECT_VALUE(got, "something");
}

PIPE_TEST(pipe_writing, a_write_of_nothing_into_a_full_pipe_does_not_wait) {
    auto [reader, writer] = this->make();
    fill(writer);
    EXPECT_OK(writer.write(""));
    EXPECT_VALUE(writer.write_some({}), 0U);
}

PIPE_TEST(pipe_writing, write_some_writes_at_least_one_byte_and_tells_how_many) {
    auto [reader, writer] = this->make();
    const auto bytes = pattern(3 * windpipe::or_throw(writer.capacity()));
    const auto count = writer.write_some(bytes);
    ASSERT_OK(count);
    EXPECT_GE(*count, 1U);
    EXPECT_LE(*count, bytes.size());
    EXPECT_VALUE(reader.available(), *count);
    expect_pattern(reader, *count);
}

PIPE_TEST(pipe_writing, write_some_into_a_full_pipe_waits_until_something_fits) {
    auto [reader, writer] = this->make();
    const std::size_t full = fill(writer);
    const auto more = pattern(full, full);
    windpipe::result<std::size_t> count;
    observed_thread thread([&] { count = writer.write_some(more); });
    ASSERT_TRUE(thread.wait_until_blocked());
    expect_pattern(reader, full);
    thread.join();
    ASSERT_OK(count);
    EXPECT_GE(*count, 1U);
    expect_pattern(reader, *count, full);
}

PIPE_TEST(pipe_writing, S6_a_write_without_readers_is_a_broken_pipe_every_time) {
    auto [reader, writer] = this->make();
    reader.close();
    for (int time = 0; time < 100; ++time) {
        const auto one = writer.write("x");
        ASSERT_FAILS(one, broken_pipe);
        EXPECT_EQ(one.error().transferred, 0U);
        EXPECT_FAILS(writer.write_some(bytes_of("x")), broken_pipe);
        EXPECT_FAILS(writer.write("x", at_once()), broken_pipe);
        EXPECT_FAILS(writer.write(pattern(200'000)), broken_pipe);
    }
}

PIPE_TEST(pipe_writing, what_was_written_before_the_reader_left_is_dropped_and_the_pipe_stays_broken) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("never read"));
    reader.close();
    EXPECT_FAILS(writer.write("x"), broken_pipe);
    EXPECT_TRUE(writer.is_open());
}

PIPE_TEST(pipe_writing, a_write_of_nothing_without_readers_is_no_error) {
    auto [reader, writer] = this->make();
    reader.close();
    EXPECT_OK(writer.write(""));
    EXPECT_VALUE(writer.write_some({}), 0U);
}

PIPE_TEST(pipe_writing, S6_a_waiting_write_fails_when_the_last_reader_closes) {
    auto [reader, writer] = this->make();
    const auto bytes = pattern(5 * windpipe::or_throw(writer.capacity()));
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write(bytes); });
    ASSERT_TRUE(thread.wait_until_blocked());
    expect_pattern(reader, 1000);
    reader.close();
    thread.join();
    ASSERT_FAILS(outcome, broken_pipe);
    EXPECT_LT(outcome.error().transferred, bytes.size());
}

PIPE_TEST(pipe_writing, all_waiting_writes_fail_when_the_last_reader_closes) {
    auto [reader, writer] = this->make();
    fill(writer);
    std::array<windpipe::result<void>, 4> outcomes;
    {
        std::vector<std::unique_ptr<observed_thread>> threads;
        for (auto& outcome : outcomes) {
            threads.push_back(std::make_unique<observed_thread>([&] { outcome = writer.write(pattern(5000)); }));
        }
        for (auto& thread : threads) {
            ASSERT_TRUE(thread->wait_until_blocked());
        }
        reader.close();
    }
    for (const auto& outcome : outcomes) {
        EXPECT_FAILS(outcome, broken_pipe);
    }
}

PIPE_TEST(pipe_writing, a_write_under_a_deadline_tells_exactly_what_the_reader_can_still_get) {
    auto [reader, writer] = this->make();
    const auto bytes = pattern(4 * windpipe::or_throw(writer.capacity()));
    const auto outcome = writer.write(bytes, {.until = std::chrono::milliseconds(20)});
    ASSERT_FAILS(outcome, timed_out);
    const std::size_t transferred = outcome.error().transferred;
    EXPECT_GT(transferred, 0U);
    EXPECT_LT(transferred, bytes.size());
    const auto got = drain(reader);
    EXPECT_EQ(got.size(), transferred);
    EXPECT_EQ(pattern_difference(got), std::nullopt);
    ASSERT_OK(writer.write(std::span(bytes).subspan(transferred, 1000)));
    expect_pattern(reader, 1000, transferred);
}

PIPE_TEST(pipe_writing, a_write_that_is_called_off_tells_exactly_what_the_reader_can_still_get) {
    auto [reader, writer] = this->make();
    const auto bytes = pattern(4 * windpipe::or_throw(writer.capacity()));
    std::stop_source source;
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write(bytes, {.stop = source.get_token()}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    expect_pattern(reader, 10'000);
    ASSERT_TRUE(thread.wait_until_blocked());
    source.request_stop();
    thread.join();
    ASSERT_FAILS(outcome, operation_canceled);
    const auto rest = drain(reader);
    EXPECT_EQ(outcome.error().transferred, 10'000 + rest.size());
    EXPECT_EQ(pattern_difference(rest, 10'000), std::nullopt);
}

} // namespace
} // namespace windpipe_test

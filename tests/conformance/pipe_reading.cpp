// Reading: what is there, exactly so much, or all to the end of stream.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <array>
#include <thread>

namespace windpipe_test {
namespace {

PIPE_TEST(pipe_reading, S5_a_read_returns_what_is_there_and_waits_for_no_more) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("hello"));
    EXPECT_VALUE(read_text(reader, 100), "hello");
}

PIPE_TEST(pipe_reading, S5_a_read_takes_at_most_what_it_has_room_for_and_leaves_the_rest) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("0123456789"));
    EXPECT_VALUE(read_text(reader, 4), "0123");
    EXPECT_VALUE(read_text(reader, 100), "456789");
}

PIPE_TEST(pipe_reading, S5_writes_have_no_boundaries) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("abc"));
    ASSERT_OK(writer.write("de"));
    ASSERT_OK(writer.write("f"));
    EXPECT_VALUE(read_text(reader, 100), "abcdef");
}

PIPE_TEST(pipe_reading, S5_a_read_of_an_empty_pipe_waits_until_data_has_been_written) {
    auto [reader, writer] = this->make();
    windpipe::result<std::string> got;
    observed_thread thread([&] { got = read_text(reader, 100); });
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("late"));
    thread.join();
    EXPECT_VALUE(got, "late");
}

PIPE_TEST(pipe_reading, S5_a_read_returns_zero_after_the_last_writer_closes) {
    auto [reader, writer] = this->make();
    writer.close();
    EXPECT_VALUE(read_text(reader, 100), "");
}

PIPE_TEST(pipe_reading, S5_a_waiting_read_returns_zero_when_the_last_writer_closes) {
    auto [reader, writer] = this->make();
    windpipe::result<std::string> got = "not read";
    observed_thread thread([&] { got = read_text(reader, 100); });
    ASSERT_TRUE(thread.wait_until_blocked());
    writer.close();
    thread.join();
    EXPECT_VALUE(got, "");
}

PIPE_TEST(pipe_reading, S5_data_comes_before_the_end_of_stream) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("last words"));
    writer.close();
    EXPECT_VALUE(read_text(reader, 4), "last");
    EXPECT_VALUE(read_text(reader, 100), " words");
    EXPECT_VALUE(read_text(reader, 100), "");
}

PIPE_TEST(pipe_reading, S5_the_end_of_stream_stays) {
    auto [reader, writer] = this->make();
    writer.close();
    std::array<std::byte, 8> buffer{};
    std::string all;
    for (int time = 0; time < 100; ++time) {
        EXPECT_VALUE(reader.read_some(buffer), 0U);
        EXPECT_VALUE(reader.read(buffer), 0U);
        EXPECT_VALUE(reader.read_to_end(all), 0U);
        EXPECT_VALUE(reader.read_some(buffer, at_once()), 0U);
    }
    EXPECT_EQ(all, "");
}

PIPE_TEST(pipe_reading, a_read_into_nothing_returns_zero_at_once_and_takes_nothing) {
    auto [reader, writer] = this->make();
    EXPECT_VALUE(reader.read_some({}), 0U);
    EXPECT_VALUE(reader.read({}), 0U);
    ASSERT_OK(writer.write("x"));
    EXPECT_VALUE(reader.read_some({}), 0U);
    EXPECT_VALUE(reader.read({}), 0U);
    EXPECT_VALUE(reader.available(), 1U);
}

PIPE_TEST(pipe_reading, a_filling_read_waits_until_it_is_full) {
    auto [reader, writer] = this->make();
    std::vector<std::byte> buffer(10);
    windpipe::result<std::size_t> count = 0;
    observed_thread thread([&] { count = reader.read(buffer); });
    for (const std::string_view piece : {"012", "3456", "78"}) {
        ASSERT_TRUE(thread.wait_until_blocked());
        ASSERT_OK(writer.write(piece));
    }
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("9abc"));
    thread.join();
    EXPECT_VALUE(count, 10U);
    EXPECT_EQ(text_of(buffer), "0123456789");
    EXPECT_VALUE(read_text(reader, 100), "abc");
}

PIPE_TEST(pipe_reading, a_filling_read_is_short_only_at_the_end_of_stream) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("short"));
    writer.close();
    std::vector<std::byte> buffer(10);
    EXPECT_VALUE(reader.read(buffer), 5U);
    EXPECT_EQ(text_of(std::span(buffer).first(5)), "short");
    EXPECT_VALUE(reader.read(buffer), 0U);
}

PIPE_TEST(pipe_reading, a_filling_read_takes_more_than_the_pipe_holds) {
    auto [reader, writer] = this->make();
    const std::size_t size = 3 * windpipe::or_throw(reader.capacity()) + 1234;
    std::thread feeder([&] { EXPECT_OK(writer.write(pattern(size))); });
    expect_pattern(reader, size);
    feeder.join();
}

PIPE_TEST(pipe_reading, read_to_end_takes_all_of_a_long_stream_into_a_vector) {
    auto [reader, writer] = this->make();
    constexpr std::size_t size = 3'000'001;
    std::thread feeder([&] {
        EXPECT_OK(writer.write(pattern(size)));
        writer.close();
    });
    std::vector<std::byte> all;
    EXPECT_VALUE(reader.read_to_end(all), size);
    feeder.join();
    EXPECT_EQ(all.size(), size);
    EXPECT_EQ(pattern_difference(all), std::nullopt);
}

PIPE_TEST(pipe_reading, read_to_end_appends_to_what_the_string_holds) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("and more"));
    writer.close();
    std::string all = "what was there ";
    EXPECT_VALUE(reader.read_to_end(all), 8U);
    EXPECT_EQ(all, "what was there and more");
}

PIPE_TEST(pipe_reading, read_to_end_with_a_limit_accepts_a_stream_of_exactly_that_size) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("12345"));
    writer.close();
    std::string all;
    EXPECT_VALUE(reader.read_to_end(all, 5), 5U);
    EXPECT_EQ(all, "12345");
}

PIPE_TEST(pipe_reading, read_to_end_beyond_its_limit_keeps_the_limit_and_leaves_the_rest) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("1234567"));
    std::string text = "> ";
    const auto outcome = reader.read_to_end(text, 5);
    ASSERT_FAILS(outcome, message_size);
    EXPECT_EQ(outcome.error().transferred, 5U);
    EXPECT_EQ(text, "> 12345");
    std::vector<std::byte> bytes;
    const auto again = reader.read_to_end(bytes, 1);
    ASSERT_FAILS(again, message_size);
    EXPECT_EQ(again.error().transferred, 1U);
    EXPECT_EQ(text_of(bytes), "6");
    EXPECT_VALUE(read_text(reader, 100), "7");
}

PIPE_TEST(pipe_reading, read_to_end_with_a_limit_of_nothing_tells_whether_there_is_anything) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("x"));
    writer.close();
    std::string all;
    EXPECT_FAILS(reader.read_to_end(all, 0), message_size);
    EXPECT_VALUE(read_text(reader, 1), "x");
    EXPECT_VALUE(reader.read_to_end(all, 0), 0U);
    EXPECT_EQ(all, "");
}

PIPE_TEST(pipe_reading, read_to_end_keeps_what_it_had_read_when_its_time_is_up) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("so far"));
    std::string text = "got ";
    const auto outcome = reader.read_to_end(text, windpipe::no_limit, {.until = std::chrono::milliseconds(20)});
    ASSERT_FAILS(outcome, timed_out);
    EXPECT_EQ(outcome.error().transferred, 6U);
    EXPECT_EQ(text, "got so far");
    ASSERT_OK(writer.write(", so good"));
    writer.close();
    EXPECT_VALUE(reader.read_to_end(text), 9U);
    EXPECT_EQ(text, "got so far, so good");
}

PIPE_TEST(pipe_reading, a_long_stream_arrives_unchanged_whatever_the_sizes_of_reads_and_writes) {
    auto [reader, writer] = this->make();
    constexpr std::size_t size = 2'000'000;
    constexpr std::array<std::size_t, 9> steps{1, 4095, 7, 4096, 4097, 65536, 100'001, 3, 8192};
    std::thread feeder([&] {
        const auto all = pattern(size);
        std::span<const std::byte> rest = all;
        for (std::size_t turn = 0; !rest.empty(); ++turn) {
            const std::size_t step = std::min(rest.size(), steps.at(turn % steps.size()));
            EXPECT_OK(writer.write(rest.first(step)));
            rest = rest.subspan(step);
        }
        writer.close();
    });
    std::size_t total = 0;
    std::vector<std::byte> buffer(steps.at(6));
    for (std::size_t turn = 4; total <= size; ++turn) {
        const auto count = reader.read_some(std::span(buffer).first(steps.at(turn % steps.size())));
        ASSERT_OK(count);
        if (*count == 0) {
            break;
        }
        ASSERT_EQ(pattern_difference(std::span(buffer).first(*count), total), std::nullopt) << "after " << total;
        total += *count;
    }
    feeder.join();
    EXPECT_EQ(total, size);
}

} // namespace
} // namespace windpipe_test

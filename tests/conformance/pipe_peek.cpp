// Looking without taking: available() and peek().
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include <array>
#include <thread>

namespace windpipe_test {
namespace {

template <class Reader>
windpipe::result<std::string> peek_text(const Reader& reader, std::size_t size) {
    std::vector<std::byte> buffer(size);
    auto count = reader.peek(buffer);
    if (!count) {
        return std::unexpected(std::move(count).error());
    }
    return text_of(std::span(buffer).first(*count));
}

PIPE_TEST(pipe_peek, available_counts_what_can_be_read_without_waiting) {
    auto [reader, writer] = this->make();
    EXPECT_VALUE(reader.available(), 0U);
    ASSERT_OK(writer.write("12345"));
    EXPECT_VALUE(reader.available(), 5U);
    ASSERT_OK(writer.write("678"));
    EXPECT_VALUE(reader.available(), 8U);
    EXPECT_VALUE(read_text(reader, 6), "123456");
    EXPECT_VALUE(reader.available(), 2U);
    writer.close();
    EXPECT_VALUE(reader.available(), 2U);
    EXPECT_VALUE(read_text(reader, 6), "78");
    EXPECT_VALUE(reader.available(), 0U);
}

PIPE_TEST(pipe_peek, of_an_empty_pipe_is_nothing_and_does_not_wait) {
    auto [reader, writer] = this->make();
    EXPECT_VALUE(peek_text(reader, 10), "");
}

PIPE_TEST(pipe_peek, of_an_ended_stream_is_nothing) {
    auto [reader, writer] = this->make();
    writer.close();
    EXPECT_VALUE(peek_text(reader, 10), "");
}

PIPE_TEST(pipe_peek, shows_what_is_there_and_takes_nothing) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("look"));
    for (int time = 0; time < 50; ++time) {
        EXPECT_VALUE(peek_text(reader, 100), "look");
    }
    EXPECT_VALUE(reader.available(), 4U);
    EXPECT_VALUE(read_text(reader, 100), "look");
    EXPECT_VALUE(peek_text(reader, 100), "");
}

PIPE_TEST(pipe_peek, shows_the_front_when_there_is_no_room_for_all) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("abcdef"));
    EXPECT_VALUE(peek_text(reader, 2), "ab");
    EXPECT_VALUE(peek_text(reader, 0), "");
    EXPECT_VALUE(read_text(reader, 3), "abc");
    EXPECT_VALUE(peek_text(reader, 2), "de");
}

PIPE_TEST(pipe_peek, shows_the_data_of_several_writes) {
    auto [reader, writer] = this->make();
    for (std::size_t index = 0; index < 5; ++index) {
        ASSERT_OK(writer.write(pattern(3000, 3000 * index)));
    }
    std::vector<std::byte> seen(15'000);
    EXPECT_VALUE(reader.peek(seen), seen.size());
    EXPECT_EQ(pattern_difference(seen), std::nullopt);
    expect_pattern(reader, seen.size());
}

PIPE_TEST(pipe_peek, shows_more_than_a_page) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write(pattern(20'000)));
    std::vector<std::byte> seen(12'345);
    EXPECT_VALUE(reader.peek(seen), seen.size());
    EXPECT_EQ(pattern_difference(seen), std::nullopt);
    EXPECT_VALUE(reader.available(), 20'000U);
}

PIPE_TEST(pipe_peek, shows_all_of_a_full_pipe) {
    auto [reader, writer] = this->make();
    const std::size_t full = fill(writer);
    std::vector<std::byte> seen(full + 100);
    EXPECT_VALUE(reader.peek(seen), full);
    EXPECT_EQ(pattern_difference(std::span(seen).first(full)), std::nullopt);
    expect_pattern(reader, full);
}

PIPE_TEST(pipe_peek, shows_what_is_left_after_the_writer_has_closed) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("testament"));
    writer.close();
    EXPECT_VALUE(peek_text(reader, 100), "testament");
    EXPECT_VALUE(read_text(reader, 100), "testament");
}

PIPE_TEST(pipe_peek, from_two_threads_shows_each_of_them_all) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write(pattern(10'000)));
    const auto look = [&reader = reader] {
        std::vector<std::byte> seen(10'000);
        for (int time = 0; time < 200; ++time) {
            EXPECT_VALUE(reader.peek(seen), seen.size());
            EXPECT_EQ(pattern_difference(seen), std::nullopt);
        }
    };
    std::thread other(look);
    look();
    other.join();
    expect_pattern(reader, 10'000);
}

PIPE_TEST(pipe_peek, while_another_thread_reads_shows_only_what_the_stream_holds) {
    auto [reader, writer] = this->make();
    constexpr std::size_t size = 300'000;
    std::thread feeder([&] {
        EXPECT_OK(writer.write(std::vector<std::byte>(size, std::byte{0x5A})));
        writer.close();
    });
    std::thread taker([&] {
        std::vector<std::byte> all;
        EXPECT_VALUE(reader.read_to_end(all), size);
    });
    std::vector<std::byte> seen(9000);
    for (int time = 0; time < 300; ++time) {
        const auto count = reader.peek(seen);
        ASSERT_OK(count);
        ASSERT_EQ(std::ranges::count(std::span(seen).first(*count), std::byte{0x5A}),
                  static_cast<std::ptrdiff_t>(*count));
    }
    feeder.join();
    taker.join();
}

SIZED_PIPE_TEST(pipe_peek_large, shows_all_of_a_pipe_larger_than_usual) {
    auto [reader, writer] = this->make({.capacity = 1 << 20});
    const std::size_t full = fill(writer);
    std::vector<std::byte> seen(full);
    EXPECT_VALUE(reader.peek(seen), full);
    EXPECT_EQ(pattern_difference(seen), std::nullopt);
    expect_pattern(reader, full);
}

} // namespace
} // namespace windpipe_test

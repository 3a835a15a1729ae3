// Writing several pieces as one.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <array>

namespace windpipe_test {
namespace {

using windpipe::const_buffer;

/// `whole` cut into pieces whose sizes come round in turn.
std::vector<const_buffer> cut(std::span<const std::byte> whole, std::span<const std::size_t> sizes) {
    std::vector<const_buffer> pieces;
    for (std::size_t turn = 0; !whole.empty(); ++turn) {
        const std::size_t size = std::min(whole.size(), sizes[turn % sizes.size()]);
        pieces.push_back(whole.first(size));
        whole = whole.subspan(size);
    }
    return pieces;
}

PIPE_TEST(pipe_gather, pieces_arrive_in_their_order) {
    auto [reader, writer] = this->make();
    const std::array<const_buffer, 3> pieces{bytes_of("one "), bytes_of("two "), bytes_of("three")};
    ASSERT_OK(writer.write_gather(pieces));
    EXPECT_VALUE(read_text(reader, 100), "one two three");
}

PIPE_TEST(pipe_gather, empty_pieces_anywhere_change_nothing) {
    auto [reader, writer] = this->make();
    const std::array<const_buffer, 7> pieces{const_buffer{}, bytes_of("a"), const_buffer{}, const_buffer{},
                                             bytes_of("b"),  bytes_of("c"), const_buffer{}};
    ASSERT_OK(writer.write_gather(pieces));
    EXPECT_VALUE(read_text(reader, 100), "abc");
}

PIPE_TEST(pipe_gather, nothing_but_empty_pieces_is_a_write_of_nothing) {
    auto [reader, writer] = this->make();
    const std::vector<const_buffer> pieces(2000);
    EXPECT_OK(writer.write_gather(pieces));
    EXPECT_VALUE(reader.available(), 0U);
    reader.close();
    EXPECT_OK(writer.write_gather(pieces));
}

PIPE_TEST(pipe_gather, more_pieces_than_one_system_call_takes_arrive_whole) {
    auto [reader, writer] = this->make();
    constexpr std::array<std::size_t, 3> sizes{1, 2, 7};
    const auto whole = pattern(30'000);
    const auto pieces = cut(whole, sizes);
    ASSERT_GT(pieces.size(), 5000U);
    observed_thread thread([&] { EXPECT_OK(writer.write_gather(pieces)); });
    expect_pattern(reader, whole.size());
}

PIPE_TEST(pipe_gather, pieces_of_many_times_the_capacity_arrive_whole) {
    auto [reader, writer] = this->make();
    constexpr std::array<std::size_t, 5> sizes{1, 100'000, 4095, 70'000, 3};
    const auto whole = pattern(7 * windpipe::or_throw(writer.capacity()) + 5);
    const auto pieces = cut(whole, sizes);
    observed_thread thread([&] { EXPECT_OK(writer.write_gather(pieces)); });
    expect_pattern(reader, whole.size());
}

PIPE_TEST(pipe_gather, under_a_deadline_tells_exactly_what_the_reader_can_still_get) {
    auto [reader, writer] = this->make();
    constexpr std::array<std::size_t, 4> sizes{10, 5000, 0x3001, 1};
    const auto whole = pattern(3 * windpipe::or_throw(writer.capacity()));
    const auto outcome = writer.write_gather(cut(whole, sizes), at_once());
    ASSERT_FAILS(outcome, timed_out);
    const auto got = drain(reader);
    EXPECT_GT(got.size(), 0U);
    EXPECT_EQ(got.size(), outcome.error().transferred);
    EXPECT_EQ(pattern_difference(got), std::nullopt);
}

PIPE_TEST(pipe_gather, called_off_while_it_waits_tells_exactly_what_the_reader_can_still_get) {
    auto [reader, writer] = this->make();
    constexpr std::array<std::size_t, 3> sizes{4096, 1, 9000};
    const auto whole = pattern(3 * windpipe::or_throw(writer.capacity()));
    const auto pieces = cut(whole, sizes);
    std::stop_source source;
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write_gather(pieces, {.stop = source.get_token()}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    source.request_stop();
    thread.join();
    ASSERT_FAILS(outcome, operation_canceled);
    const auto got = drain(reader);
    EXPECT_EQ(got.size(), outcome.error().transferred);
    EXPECT_EQ(pattern_difference(got), std::nullopt);
}

PIPE_TEST(pipe_gather, without_readers_is_a_broken_pipe) {
    auto [reader, writer] = this->make();
    reader.close();
    const std::array<const_buffer, 3> pieces{const_buffer{}, bytes_of("a"), bytes_of("b")};
    const auto outcome = writer.write_gather(pieces);
    ASSERT_FAILS(outcome, broken_pipe);
    EXPECT_EQ(outcome.error().transferred, 0U);
}

} // namespace
} // namespace windpipe_test

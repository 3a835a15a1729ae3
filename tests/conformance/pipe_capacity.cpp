// Capacity: what was granted is what fits, and what does not fit waits.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <array>

namespace windpipe_test {
namespace {

constexpr std::array<std::size_t, 6> wishes{1, 4096, 5000, 8192, 65536, 1 << 20};

PIPE_TEST(pipe_capacity, S7_both_ends_report_the_same_capacity) {
    auto [reader, writer] = this->make();
    const auto of_reader = reader.capacity();
    ASSERT_OK(of_reader);
    EXPECT_GT(*of_reader, 0U);
    EXPECT_VALUE(writer.capacity(), *of_reader);
}

PIPE_TEST(pipe_capacity, S7_exactly_the_reported_capacity_fits_before_a_write_waits) {
    auto [reader, writer] = this->make();
    const std::size_t capacity = windpipe::or_throw(writer.capacity());
    ASSERT_EQ(fill(writer), capacity);
    EXPECT_VALUE(reader.available(), capacity);
    EXPECT_FAILS(writer.write("x", at_once()), timed_out);
    expect_pattern(reader, capacity);
}

PIPE_TEST(pipe_capacity, S7_one_write_of_the_capacity_does_not_wait) {
    auto [reader, writer] = this->make();
    const std::size_t capacity = windpipe::or_throw(writer.capacity());
    ASSERT_OK(writer.write(pattern(capacity), at_once()));
    expect_pattern(reader, capacity);
}

/// Writes pieces of this size until the pipe is full; returns how many bytes it took.
template <class Writer>
std::size_t fill_in_pieces(Writer& writer, std::size_t piece) {
    const std::size_t capacity = windpipe::or_throw(writer.capacity());
    const auto bytes = pattern(capacity + piece);
    std::size_t total = 0;
    while (total + piece <= bytes.size() && writer.write(std::span(bytes).subspan(total, piece), at_once())) {
        total += piece;
    }
    EXPECT_FAILS(writer.write(std::span(bytes).first(piece), at_once()), timed_out);
    return total;
}

PIPE_TEST(pipe_capacity, S7_writes_of_any_size_fill_at_least_half_of_the_pipe_and_at_most_all_of_it) {
    for (const std::size_t piece : {std::size_t{16}, std::size_t{2049}, std::size_t{4096}}) {
        auto [reader, writer] = this->make();
        const std::size_t capacity = windpipe::or_throw(writer.capacity());
        const std::size_t full = fill_in_pieces(writer, piece);
        EXPECT_GE(full, capacity / 2) << "in pieces of " << piece;
        EXPECT_LE(full, capacity) << "in pieces of " << piece;
        const auto got = drain(reader);
        EXPECT_GE(got.size(), full);
        EXPECT_EQ(pattern_difference(std::span(got).first(full)), std::nullopt);
    }
}

PIPE_TEST(pipe_capacity, S7_an_emptied_pipe_takes_its_capacity_again) {
    auto [reader, writer] = this->make();
    for (int time = 0; time < 5; ++time) {
        const std::size_t full = fill(writer);
        EXPECT_VALUE(writer.capacity(), full);
        EXPECT_EQ(drain(reader).size(), full);
    }
}

PIPE_TEST(pipe_capacity, the_capacity_can_be_asked_after_the_other_end_is_closed) {
    auto first = this->make();
    const std::size_t capacity = windpipe::or_throw(first.writer.capacity());
    first.reader.close();
    EXPECT_VALUE(first.writer.capacity(), capacity);
    auto second = this->make();
    second.writer.close();
    EXPECT_VALUE(second.reader.capacity(), capacity);
}

SIZED_PIPE_TEST(pipe_chosen_capacity, S7_the_capacity_granted_is_at_least_the_one_asked_for) {
    for (const std::size_t wish : wishes) {
        auto [reader, writer] = this->make({.capacity = wish});
        const auto granted = writer.capacity();
        ASSERT_OK(granted);
        EXPECT_GE(*granted, wish);
        EXPECT_VALUE(reader.capacity(), *granted);
    }
}

SIZED_PIPE_TEST(pipe_chosen_capacity, S7_the_capacity_granted_is_what_fits) {
    for (const std::size_t wish : wishes) {
        auto [reader, writer] = this->make({.capacity = wish});
        const std::size_t granted = windpipe::or_throw(writer.capacity());
        ASSERT_OK(writer.write(pattern(granted), at_once())) << "asked for " << wish;
        EXPECT_FAILS(writer.write("x", at_once()), timed_out) << "asked for " << wish;
        expect_pattern(reader, granted);
    }
}

SIZED_PIPE_TEST(pipe_chosen_capacity, S7_a_small_pipe_lets_a_big_write_wait) {
    auto [reader, writer] = this->make({.capacity = 1});
    const std::size_t size = windpipe::or_throw(writer.capacity()) + 1;
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write(pattern(size)); });
    ASSERT_TRUE(thread.wait_until_blocked());
    expect_pattern(reader, size);
    thread.join();
    EXPECT_OK(outcome);
}

class pipe_impossible_capacity : public leak_checked {};

TEST_F(pipe_impossible_capacity, is_an_invalid_argument_and_leaves_nothing_open) {
    for (const std::size_t wish : {windpipe::no_limit, windpipe::no_limit / 2, std::size_t{1} << 40U}) {
        EXPECT_FAILS(windpipe::make_pipe({.capacity = wish}), invalid_argument) << wish;
    }
}

TEST_F(pipe_impossible_capacity, a_wish_beyond_what_the_system_allows_is_granted_in_part) {
    const auto pipe = windpipe::make_pipe({.capacity = std::size_t{1} << 30U});
    ASSERT_OK(pipe);
    const auto granted = pipe->writer.capacity();
    ASSERT_OK(granted);
    EXPECT_GT(*granted, 0U);
}

} // namespace
} // namespace windpipe_test

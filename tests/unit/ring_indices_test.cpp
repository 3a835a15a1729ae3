// The counters of a ring, and the words by which its two sides tell each other of them.
#include "core/ring_indices.hpp"
#include "core/ring_words.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace {

using windpipe::ring_indices;
using side = ring_indices::side;

constexpr std::size_t capacity = 8;

TEST(ring_indices, begin_with_what_there_is) {
    const auto reads = ring_indices::begin(side::reads, capacity, 10, 15, 0);
    ASSERT_TRUE(reads);
    EXPECT_EQ(reads->amount(), 5U);
    EXPECT_EQ(reads->place(), 2U);
    const auto writes = ring_indices::begin(side::writes, capacity, 15, 10, 0);
    ASSERT_TRUE(writes);
    EXPECT_EQ(writes->amount(), 3U);
    EXPECT_EQ(writes->place(), 7U);
}

TEST(ring_indices, use_the_first_places_again_when_there_is_nothing) {
    auto writes = ring_indices::begin(side::writes, capacity, 15, 10, 0);
    ASSERT_TRUE(writes);
    EXPECT_FALSE(writes->start_again());
    EXPECT_EQ(writes->place(), 7U);
    ASSERT_TRUE(writes->see(15));
    EXPECT_TRUE(writes->start_again());
    EXPECT_EQ(writes->place(), 0U);
    auto reads = ring_indices::begin(side::reads, capacity, 15, 15, 0);
    ASSERT_TRUE(reads);
    ASSERT_TRUE(reads->see(18));
    reads->start_at(15);
    EXPECT_EQ(reads->place(), 0U);
    reads->advance(3);
    EXPECT_EQ(reads->place(), 3U);
    reads->start_at(std::numeric_limits<std::uint64_t>::max());
    EXPECT_LT(reads->place(), capacity);
}

TEST(ring_indices, refuse_to_begin_with_what_cannot_be) {
    EXPECT_FALSE(ring_indices::begin(side::reads, capacity, 10, 9, 0));
    EXPECT_FALSE(ring_indices::begin(side::reads, capacity, 10, 19, 0));
    EXPECT_TRUE(ring_indices::begin(side::reads, capacity, 10, 18, 0));
    EXPECT_FALSE(ring_indices::begin(side::writes, capacity, 9, 10, 0));
    EXPECT_FALSE(ring_indices::begin(side::writes, capacity, 19, 10, 0));
    EXPECT_TRUE(ring_indices::begin(side::writes, capacity, 18, 10, 0));
    EXPECT_FALSE(ring_indices::begin(side::reads, capacity, 0, std::numeric_limits<std::uint64_t>::max(), 0));
}

TEST(ring_indices, believe_only_a_counter_that_goes_on_and_not_too_far) {
    for (const side whose : {side::reads, side::writes}) {
        for (std::uint64_t amount = 0; amount <= capacity; ++amount) {
            const std::uint64_t own = 100;
            const std::uint64_t other = whose == side::reads ? own + amount : own - (capacity - amount);
            for (std::uint64_t told = other - 20; told != other + 20; ++told) {
                auto indices = ring_indices::begin(whose, capacity, own, other, 0);
                ASSERT_TRUE(indices);
                const bool possible = told - other <= capacity - amount;
                EXPECT_EQ(indices->see(told), possible);
                EXPECT_EQ(indices->amount(), possible ? amount + (told - other) : amount);
                EXPECT_EQ(indices->other(), possible ? told : other);
            }
        }
    }
}

TEST(ring_indices, stay_within_the_ring_whatever_they_are_told) {
    std::uint64_t random = 1;
    const auto next = [&random] { return random = random * 6364136223846793005U + 1442695040888963407U; };
    auto indices = ring_indices::begin(side::reads, capacity, 0, 0, 0);
    ASSERT_TRUE(indices);
    for (int turn = 0; turn < 100'000; ++turn) {
        (void)indices->see(turn % 2 == 0 ? next() : indices->other() + (next() >> 60U));
        ASSERT_LE(indices->amount(), capacity);
        ASSERT_LT(indices->place(), capacity);
        indices->advance(indices->amount() == 0 ? 0 : next() % (indices->amount() + 1));
    }
}

TEST(ring_words, a_side_that_moves_wakes_once_who_has_said_that_he_waits) {
    windpipe::basic_ring_side<std::atomic> first;
    windpipe::basic_ring_side<std::atomic> second;
    const windpipe::ring_words mine(first, second);
    const windpipe::ring_words other(second, first);
    EXPECT_TRUE(mine.publish(3, false)) << "at first, everybody is taken to wait";
    EXPECT_FALSE(mine.publish(4, false));
    other.announce();
    EXPECT_EQ(other.look(), 4U);
    mine.tell(5);
    EXPECT_EQ(other.glance(), 5U);
    EXPECT_TRUE(mine.publish(6, false));
    EXPECT_FALSE(mine.publish(7, false));
}

TEST(ring_words, a_side_that_moves_without_a_barrier_wakes_once_as_well) {
    windpipe::basic_ring_side<std::atomic> first;
    windpipe::basic_ring_side<std::atomic> second;
    const windpipe::ring_words mine(first, second);
    const windpipe::ring_words other(second, first);
    EXPECT_FALSE(other.must_order());
    other.promise_to_order(true);
    EXPECT_TRUE(other.must_order());
    EXPECT_FALSE(mine.must_order());
    EXPECT_TRUE(mine.publish(1, true));
    EXPECT_FALSE(mine.publish(2, true));
    other.announce();
    EXPECT_EQ(other.look(), 2U);
    EXPECT_TRUE(mine.publish(3, true));
    EXPECT_FALSE(mine.publish(4, true));
    EXPECT_EQ(other.look(), 4U);
    other.promise_to_order(false);
    EXPECT_FALSE(mine.publish(5, true));
    EXPECT_EQ(other.look(), 5U);
}

} // namespace

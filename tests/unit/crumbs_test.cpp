// When a reader leaves the little there is for a moment longer, and for how long.
#include "core/crumbs.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>

namespace {

using windpipe::crumbs;

constexpr std::size_t much = 65536;
constexpr std::size_t little = 64;
constexpr std::size_t capacity = std::size_t{8} << 20U;

int calls_until_worth(crumbs& of) {
    int calls = 1;
    while (!of.worth_a_pause(little, much)) {
        ++calls;
    }
    return calls;
}

/// Gathers from a writer that brings so many bytes in a microsecond; a pause takes 10 ns. How many bytes were there in
/// the end.
std::size_t gather(crumbs& of, std::size_t bytes_per_us, std::size_t holds = capacity) {
    std::size_t there = little;
    crumbs::time_point now;
    crumbs::gathering gathering(of, there, holds, now);
    do {
        const std::chrono::nanoseconds time(gathering.pauses() * 10);
        now += time;
        there += bytes_per_us * static_cast<std::size_t>(time.count()) / 1000;
    } while (gathering.goes_on(there, now));
    of.learn(gathering);
    return there;
}

TEST(crumbs, are_left_only_by_who_has_room_for_much_and_finds_little) {
    crumbs of;
    EXPECT_TRUE(of.worth_a_pause(little, much));
    EXPECT_TRUE(of.worth_a_pause(much / 2, much));
    EXPECT_FALSE(of.worth_a_pause(little, little)) << "he gets what he asked for";
    EXPECT_FALSE(of.worth_a_pause(0, much)) << "that is a wait";
    EXPECT_FALSE(of.worth_a_pause(much, 4 * much));
}

TEST(crumbs, are_left_each_time_while_more_come_and_ever_more_seldom_where_none_do) {
    crumbs of;
    for (int time = 0; time < 10; ++time) {
        EXPECT_EQ(calls_until_worth(of), 1);
        EXPECT_GT(gather(of, 10'000), little);
    }
    int before = 1;
    for (int time = 0; time < 5; ++time) {
        EXPECT_EQ(gather(of, 0), little);
        const int calls = calls_until_worth(of);
        EXPECT_GT(calls, before);
        before = calls;
    }
    EXPECT_GT(gather(of, 10'000), little);
    EXPECT_EQ(calls_until_worth(of), 1);
}

TEST(crumbs, are_gathered_until_a_reader_is_far_behind_if_the_stream_has_gone_on_for_long) {
    crumbs of;
    const std::size_t first = gather(of, 2000);
    EXPECT_LT(first, 64U * 1024) << "nobody knows yet how long it will last";
    std::size_t last = first;
    for (int time = 0; time < 10; ++time) {
        last = gather(of, 2000);
    }
    EXPECT_GE(last, 256U * 1024) << "for 200 us";
    EXPECT_LT(last, 512U * 1024);
    for (int time = 0; time < 10; ++time) {
        last = gather(of, 20'000);
    }
    EXPECT_GE(last, 1024U * 1024) << "far enough";
    EXPECT_LT(last, 2 * 1024U * 1024);
    EXPECT_LT(gather(of, 20'000, 65536), 64U * 1024) << "a quarter of a small ring is enough";
}

TEST(crumbs, are_taken_at_the_next_look_after_the_stream_has_stopped) {
    crumbs of;
    for (int time = 0; time < 10; ++time) {
        (void)gather(of, 20'000);
    }
    std::size_t there = little;
    crumbs::time_point now;
    crumbs::gathering gathering(of, there, capacity, now);
    there += 100'000;
    now += std::chrono::microseconds(1);
    ASSERT_TRUE(gathering.goes_on(there, now));
    now += std::chrono::microseconds(1);
    EXPECT_FALSE(gathering.goes_on(there + 10, now));
}

TEST(crumbs, of_a_trickle_are_taken_after_one_pause) {
    crumbs of;
    EXPECT_LE(gather(of, 100), little + 64);
}

} // namespace

// When a reader leaves the little there is for a moment longer, and for how long.
#include "core/crumbs.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>

namespace {

using windpipe::crumbs;
using way = crumbs::way;

constexpr std::size_t much = 65536;
constexpr std::size_t little = 64;
constexpr std::size_t capacity = std::size_t{8} << 20U;

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

/// How many reads take what is there before one is again what it can be.
int calls_until(crumbs& of, way what, std::size_t there) {
    int calls = 1;
    while (of.decide(there, true) != what) {
        ++calls;
    }
    return calls;
}

/// Of a reader for whom to gather has often been in vain.
crumbs of_no_stream() {
    crumbs made;
    for (int time = 0; time < 10; ++time) {
        (void)calls_until(made, way::gather, much / 2);
        EXPECT_EQ(gather(made, 0), little);
    }
    return made;
}

TEST(crumbs, are_what_is_less_than_was_asked_for_by_who_has_room_for_much) {
    EXPECT_TRUE(crumbs::are(little, much, capacity));
    EXPECT_TRUE(crumbs::are(much / 2, 4 * much, capacity));
    EXPECT_FALSE(crumbs::are(little, little, capacity)) << "he gets what he asked for";
    EXPECT_FALSE(crumbs::are(little, 4095, capacity));
    EXPECT_FALSE(crumbs::are(0, much, capacity)) << "that is a wait";
    EXPECT_FALSE(crumbs::are(much, 4 * much, capacity));
    EXPECT_FALSE(crumbs::are(much / 2, much, much)) << "half of the ring is no crumb";
}

TEST(crumbs, are_never_gathered_for_who_may_not_wait) {
    crumbs of;
    EXPECT_EQ(of.decide(much / 2, false), way::take);
    EXPECT_EQ(of.decide(little, false), way::pause);
    of.paused(false);
    EXPECT_EQ(of.decide(little, false), way::take) << "not even a pause where it has not helped";
    EXPECT_EQ(of.decide(little, true), way::gather);
}

TEST(crumbs, are_gathered_each_time_while_it_flows_and_ever_more_seldom_where_it_does_not) {
    crumbs of;
    for (int time = 0; time < 10; ++time) {
        EXPECT_EQ(of.decide(much / 2, true), way::gather);
        EXPECT_GT(gather(of, 10'000), much);
    }
    int before = 1;
    for (int time = 0; time < 5; ++time) {
        EXPECT_EQ(gather(of, 0), little);
        const int calls = calls_until(of, way::gather, much / 2);
        EXPECT_GT(calls, before);
        before = calls;
    }
    EXPECT_GT(gather(of, 10'000), much);
    EXPECT_EQ(of.decide(much / 2, true), way::gather);
}

TEST(crumbs, that_are_small_are_left_for_one_pause_while_that_helps) {
    crumbs of = of_no_stream();
    EXPECT_EQ(of.decide(much / 2, true), way::take);
    for (int time = 0; time < 10; ++time) {
        EXPECT_EQ(of.decide(little, true), way::pause);
        of.paused(true);
    }
    of.paused(false);
    EXPECT_GT(calls_until(of, way::pause, little), 10);
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

TEST(crumbs, are_taken_soon_after_the_stream_has_stopped) {
    crumbs of;
    for (int time = 0; time < 10; ++time) {
        (void)gather(of, 20'000);
    }
    const crumbs::time_point start;
    crumbs::gathering gathering(of, little, capacity, start);
    ASSERT_TRUE(gathering.goes_on(little + 20'000, start + std::chrono::microseconds(1)));
    EXPECT_TRUE(gathering.goes_on(little + 20'000, start + std::chrono::microseconds(2))) << "it may falter";
    EXPECT_FALSE(gathering.goes_on(little + 20'000, start + std::chrono::microseconds(8)));
}

TEST(crumbs, of_a_trickle_are_taken_after_one_pause) {
    crumbs of;
    EXPECT_LE(gather(of, 100), little + 64);
}

} // namespace

// When an end lets the other one have their processor.
#include "core/yielding.hpp"

#include <gtest/gtest.h>

namespace {

using windpipe::yielding;
using namespace std::chrono_literals;

/// How many waits sleep before one tries.
int sleeps(yielding& of) {
    int count = 0;
    while (!of.worth_it()) {
        ++count;
    }
    return count;
}

TEST(yielding, is_not_tried_by_who_waits_a_few_times_only) {
    yielding of;
    EXPECT_GE(sleeps(of), 10);
}

TEST(yielding, goes_on_while_the_other_end_moves_in_a_short_time) {
    yielding of;
    (void)sleeps(of);
    for (int time = 0; time < 100; ++time) {
        of.yielded(1, 5us);
        EXPECT_EQ(sleeps(of), 0);
    }
}

TEST(yielding, goes_on_while_much_comes_of_a_long_time) {
    yielding of;
    (void)sleeps(of);
    of.yielded(8 << 20, 1ms);
    EXPECT_EQ(sleeps(of), 0);
    of.yielded(100, 1ms);
    EXPECT_GT(sleeps(of), 1000) << "that was somebody else's";
}

TEST(yielding, is_paid_for_by_sleeps_where_it_was_in_vain) {
    yielding of;
    (void)sleeps(of);
    of.yielded(0, 300ns);
    EXPECT_LE(sleeps(of), 5) << "it cost little";
    of.yielded(0, 3ms);
    const int many = sleeps(of);
    EXPECT_GT(many, 10'000);
    of.yielded(0, 1h);
    const int most = sleeps(of);
    EXPECT_GT(most, many);
    EXPECT_LE(most, 10'000'000) << "but not for ever";
}

TEST(yielding, that_has_often_helped_bears_an_accident) {
    yielding of;
    (void)sleeps(of);
    for (int time = 0; time < 1000; ++time) {
        of.yielded(1, 5us);
    }
    of.yielded(0, 500us);
    EXPECT_EQ(sleeps(of), 0);
    of.yielded(0, 3ms);
    EXPECT_GT(sleeps(of), 0);
}

} // namespace

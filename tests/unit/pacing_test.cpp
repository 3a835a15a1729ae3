// An end spins while that helps, seldom where it does not, and never much longer than a sleep costs.
#include "core/pacing.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using windpipe::pacing;

void spin_in_vain(pacing& pace, int times) {
    for (int i = 0; i < times; ++i) {
        pace.spun(false);
    }
}

/// How many of so many waits would spin, if no spin ever helps.
int spins_of(pacing& pace, int waits) {
    int spins = 0;
    for (int i = 0; i < waits; ++i) {
        if (pace.worth_spinning()) {
            ++spins;
            pace.spun(false);
        }
    }
    return spins;
}

TEST(pacing, begins_in_step) {
    pacing pace;
    EXPECT_TRUE(pace.in_step());
    EXPECT_TRUE(pace.worth_spinning());
}

TEST(pacing, gives_up_after_four_spins_in_vain) {
    pacing pace;
    spin_in_vain(pace, 3);
    EXPECT_TRUE(pace.in_step());
    spin_in_vain(pace, 1);
    EXPECT_FALSE(pace.in_step());
    EXPECT_FALSE(pace.worth_spinning());
}

TEST(pacing, tries_again_after_64_waits) {
    pacing pace;
    spin_in_vain(pace, 4);
    EXPECT_EQ(spins_of(pace, 64), 0);
    EXPECT_EQ(spins_of(pace, 1), 1);
}

TEST(pacing, spins_ever_more_seldom_where_it_never_helps) {
    pacing pace;
    spin_in_vain(pace, 4);
    EXPECT_GE(spins_of(pace, 10'000), 2) << "it must notice a change";
    EXPECT_LE(spins_of(pace, 100'000), 30);
}

TEST(pacing, is_in_step_again_after_one_spin_that_helped) {
    pacing pace;
    spin_in_vain(pace, 10);
    ASSERT_FALSE(pace.in_step());
    pace.spun(true);
    EXPECT_TRUE(pace.in_step());
    EXPECT_TRUE(pace.worth_spinning());
}

TEST(pacing, learns_what_a_sleep_costs_from_short_ones) {
    pacing pace;
    const auto at_first = pace.longest_spin();
    for (int i = 0; i < 100; ++i) {
        pace.slept(8us);
    }
    EXPECT_LT(pace.longest_spin(), 10us);
    EXPECT_GT(at_first, 30us) << "until it knows better: about what a virtual machine needs";
    for (int i = 0; i < 200; ++i) {
        pace.slept(1s);
    }
    EXPECT_LE(pace.longest_spin(), at_first) << "a slow peer is no reason to spin longer";
}

TEST(pacing, takes_no_call_for_a_sleep_that_did_not_sleep) {
    pacing pace;
    const auto before = pace.longest_spin();
    for (int i = 0; i < 100; ++i) {
        pace.slept(500ns);
    }
    EXPECT_EQ(pace.longest_spin(), before);
}

TEST(pacing, expects_a_sleep_only_out_of_step_and_after_one) {
    pacing pace;
    pace.slept(1s);
    EXPECT_FALSE(pace.will_sleep()) << "in step: the other end may move at any moment";
    spin_in_vain(pace, 10);
    EXPECT_TRUE(pace.will_sleep());
    pace.slept(500ns);
    EXPECT_FALSE(pace.will_sleep()) << "the other end had moved already";
    pace.slept(1s);
    pace.spun(true);
    EXPECT_FALSE(pace.will_sleep());
}

} // namespace

// When a reader leaves the little there is for a moment longer.
#include "core/crumbs.hpp"

#include <gtest/gtest.h>

namespace {

using windpipe::crumbs;

constexpr std::size_t much = 65536;
constexpr std::size_t little = 64;

int calls_until_worth(crumbs& of) {
    int calls = 1;
    while (!of.worth_a_pause(little, much)) {
        ++calls;
    }
    return calls;
}

TEST(crumbs, are_left_only_by_who_has_room_for_much_and_finds_little) {
    crumbs of;
    EXPECT_TRUE(of.worth_a_pause(little, much));
    EXPECT_FALSE(of.worth_a_pause(little, little)) << "he gets what he asked for";
    EXPECT_FALSE(of.worth_a_pause(0, much)) << "that is a wait";
    EXPECT_FALSE(of.worth_a_pause(much / 2, much));
}

TEST(crumbs, are_left_each_time_while_more_come_and_ever_more_seldom_where_none_do) {
    crumbs of;
    for (int time = 0; time < 10; ++time) {
        EXPECT_EQ(calls_until_worth(of), 1);
        of.paused(true);
    }
    int before = 1;
    for (int time = 0; time < 5; ++time) {
        of.paused(false);
        const int calls = calls_until_worth(of);
        EXPECT_GT(calls, before);
        before = calls;
    }
    of.paused(true);
    EXPECT_EQ(calls_until_worth(of), 1);
}

} // namespace

#include "core/ending.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>

namespace {

using namespace std::chrono_literals;
using windpipe::deadline;
using windpipe::end_policy;
using windpipe::ended_by;
using windpipe::ending;

constexpr bool reading = true;

TEST(ending, by_drained_does_not_wait_for_outputs_when_every_child_has_ended) {
    ending one(end_policy::drained(), {}, 2);
    EXPECT_TRUE(one.goes_on(!reading));
    one.child_ended();
    EXPECT_TRUE(one.goes_on(reading));
    one.child_ended();
    EXPECT_FALSE(one.goes_on(reading));
    EXPECT_EQ(one.why(true), ended_by::drained);
    EXPECT_EQ(one.why(false), ended_by::end_of_stream);
}

TEST(ending, by_end_of_stream_waits_for_both) {
    ending one(end_policy::end_of_stream(), {}, 1);
    EXPECT_TRUE(one.goes_on(!reading));
    EXPECT_TRUE(one.feeds_on());
    one.child_ended();
    EXPECT_TRUE(one.goes_on(reading));
    EXPECT_FALSE(one.goes_on(!reading));
    EXPECT_EQ(one.why(false), ended_by::end_of_stream);
}

TEST(ending, by_quiet_begins_anew_with_whatever_comes) {
    ending one(end_policy::quiet(1h), {}, 1);
    one.output_came();
    EXPECT_TRUE(one.next_look().is_never()) << "the child runs";
    one.child_ended();
    const deadline first = one.next_look();
    EXPECT_FALSE(first.is_never());
    while (deadline::clock::now() == first.at() - 1h) {
    }
    one.output_came();
    EXPECT_GT(one.next_look(), first);
    one.waited_in_vain();
    EXPECT_TRUE(one.goes_on(reading)) << "somebody woke us too early";
    EXPECT_FALSE(one.goes_on(!reading));
}

TEST(ending, by_quiet_is_over_when_its_time_is) {
    ending one(end_policy::quiet(0s), {.until = 1h}, 1);
    one.waited_in_vain();
    EXPECT_TRUE(one.goes_on(reading)) << "the child runs";
    one.child_ended();
    EXPECT_TRUE(one.goes_on(reading));
    EXPECT_TRUE(one.next_look().has_passed());
    one.waited_in_vain();
    EXPECT_FALSE(one.goes_on(reading));
    EXPECT_FALSE(one.cut_short());
    EXPECT_EQ(one.why(true), ended_by::quiet);
    EXPECT_EQ(one.why(false), ended_by::end_of_stream);
}

TEST(ending, by_tree_gone_is_told_of_trees) {
    ending one(end_policy::tree_gone(), {}, 1);
    EXPECT_TRUE(one.waits_for_trees());
    EXPECT_TRUE(one.goes_on(!reading));
    one.child_ended();
    EXPECT_FALSE(one.goes_on(reading));
    EXPECT_EQ(one.why(true), ended_by::tree_gone);
}

TEST(ending, is_cut_short_by_its_limit_whatever_the_policy) {
    for (const end_policy policy :
         {end_policy::drained(), end_policy::end_of_stream(), end_policy::quiet(1h), end_policy::tree_gone()}) {
        ending late(policy, {.until = 0s}, 1);
        EXPECT_TRUE(late.next_look().has_passed());
        EXPECT_TRUE(late.goes_on(reading));
        EXPECT_TRUE(late.limit_has_passed());
        EXPECT_FALSE(late.goes_on(reading));
        EXPECT_EQ(late.cut_short(), ended_by::timed_out);
        EXPECT_EQ(late.why(false), ended_by::timed_out);
        std::stop_source source;
        ending stopped(policy, {.until = 0s, .stop = source.get_token()}, 1);
        source.request_stop();
        stopped.waited_in_vain();
        EXPECT_EQ(stopped.cut_short(), ended_by::canceled);
        EXPECT_EQ(stopped.why(true), ended_by::canceled);
    }
}

TEST(ending, goes_on_while_there_is_time) {
    ending one(end_policy::drained(), {.until = 1h}, 1);
    EXPECT_FALSE(one.limit_has_passed());
    one.waited_in_vain();
    EXPECT_TRUE(one.goes_on(!reading));
    EXPECT_EQ(one.next_look().left() > 50min, true);
}

} // namespace

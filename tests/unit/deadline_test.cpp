#include <windpipe/limits.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using namespace std::chrono_literals;
using windpipe::deadline;

TEST(deadline, never_passes_by_default) {
    EXPECT_TRUE(deadline{}.is_never());
    EXPECT_FALSE(deadline{}.has_passed());
    EXPECT_EQ(deadline{}.left(), deadline::clock::duration::max());
    EXPECT_EQ(windpipe::never, deadline{});
}

TEST(deadline, has_passed_at_once_for_zero_and_less) {
    EXPECT_TRUE(deadline(0s).has_passed());
    EXPECT_TRUE(deadline(-1h).has_passed());
    EXPECT_TRUE(deadline(std::chrono::nanoseconds::min()).has_passed());
    EXPECT_TRUE(deadline(std::chrono::hours::min()).has_passed());
    EXPECT_EQ(deadline(-1h).left(), deadline::clock::duration::zero());
}

TEST(deadline, is_never_for_durations_the_clock_cannot_hold) {
    EXPECT_TRUE(deadline(std::chrono::hours::max()).is_never());
    EXPECT_TRUE(deadline(std::chrono::years(1'000'000)).is_never());
    EXPECT_TRUE(deadline(std::chrono::nanoseconds::max()).is_never());
    EXPECT_TRUE(deadline(std::chrono::duration<double>(std::numeric_limits<double>::infinity())).is_never());
}

TEST(deadline, lies_ahead_by_the_given_duration) {
    const auto before = deadline::clock::now();
    const deadline in_an_hour(1h);
    const auto after = deadline::clock::now();
    EXPECT_FALSE(in_an_hour.has_passed());
    EXPECT_GE(in_an_hour.at(), before + 1h - 1us) << "converted by way of double";
    EXPECT_LE(in_an_hour.at(), after + 1h + 1us);
    EXPECT_LE(in_an_hour.left(), 1h);
    EXPECT_GT(in_an_hour.left(), 0s);
}

TEST(deadline, takes_a_time_point_as_it_is) {
    const auto at = deadline::clock::now() + 5s;
    EXPECT_EQ(deadline(at).at(), at);
    EXPECT_TRUE(deadline(deadline::clock::time_point::min()).has_passed());
    EXPECT_EQ(deadline(deadline::clock::time_point::min()).left(), deadline::clock::duration::zero());
    EXPECT_TRUE(deadline(deadline::clock::time_point::max()).is_never());
}

TEST(deadline, treats_a_duration_that_is_no_number_as_some_time_without_undefined_behaviour) {
    const deadline strange(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN()));
    EXPECT_GE(strange.left(), deadline::clock::duration::zero());
}

} // namespace

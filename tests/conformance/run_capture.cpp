// How much of an output run() keeps: its beginning, its end, and the count of what lies between.
#include "helpers/processes.hpp"

#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace windpipe_test;
using windpipe::run;

constexpr std::size_t size = 1'000'000;

windpipe::command floods() { return child_command("flood", std::to_string(size), std::to_string(size), "8192", "3"); }

TEST(run_capture, keeps_head_and_tail_of_each_stream_by_its_own_limit) {
    const auto done = run(floods(), {.out = {.head = 100, .tail = 50}, .err = {.head = 0, .tail = 1000}});
    ASSERT_OK(done);
    ASSERT_TRUE(done->success()) << done->status.text();
    EXPECT_TRUE(done->out.head == pattern_text(100, 0, 3));
    EXPECT_TRUE(done->out.tail == pattern_text(50, size - 50, 3));
    EXPECT_EQ(done->out.skipped, size - 150);
    EXPECT_EQ(done->out.total(), size);
    EXPECT_EQ(done->err.head, "");
    EXPECT_TRUE(done->err.tail == pattern_text(1000, size - 1000, 4));
    EXPECT_EQ(done->err.skipped, size - 1000);
}

TEST(run_capture, keeps_nothing_but_the_count_when_asked) {
    const auto done = run(floods(), {.out = {.head = 0}, .err = {.head = 0}});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << "the child was not cut off: all was read";
    EXPECT_EQ(done->out.head.size() + done->out.tail.size(), 0U);
    EXPECT_EQ(done->out.skipped, size);
    EXPECT_EQ(done->err.skipped, size);
}

TEST(run_capture, keeps_all_when_the_limits_are_met_exactly) {
    const auto done = run(floods(), {.out = {.head = size - 10, .tail = 10}, .err = {.head = size}});
    ASSERT_OK(done);
    EXPECT_EQ(done->out.skipped, 0U);
    EXPECT_TRUE(done->out.text() == pattern_text(size, 0, 3));
    EXPECT_EQ(done->err.skipped, 0U);
    EXPECT_TRUE(done->err.text() == pattern_text(size, 0, 4));
}

TEST(run_capture, says_in_its_text_how_much_is_missing) {
    const auto done = run(floods(), {.out = {.head = 10, .tail = 10}});
    ASSERT_OK(done);
    EXPECT_NE(done->out.text().find(std::to_string(size - 20)), std::string::npos);
    EXPECT_TRUE(done->out.text().starts_with(pattern_text(10, 0, 3)));
    EXPECT_TRUE(done->out.text().ends_with(pattern_text(10, size - 10, 3)));
}

} // namespace

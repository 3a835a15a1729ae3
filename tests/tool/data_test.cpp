// What flows through a pipeline that the real windpipe runs.
#include "support/pattern.hpp"
#include "tool/tool.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test;

namespace {

TEST(tool_data, any_bytes_pass_unchanged_through_five_stages) {
    const std::string input = pattern_text(3'000'001);
    const std::string_view some = std::string_view(input).substr(0, 30'000);
    const outcome done =
        run_tool({"run", "cat", "::", "cat", "1", "::", "cat", "::", "cat", "4097", "::", "cat"}, some);
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_TRUE(done.out == some);

    const outcome more = run_tool({"run", "cat", "::", "cat", "::", "cat", "::", "cat", "::", "cat"}, input);
    EXPECT_EQ(more.code, 0U) << more.err;
    EXPECT_TRUE(more.out == input);
}

TEST(tool_data, a_hundred_stages_pass_everything_on) {
    words line = {"run", "--table=always"};
    for (int i = 0; i < 100; ++i) {
        line.insert(line.end(), {"cat", "::"});
    }
    line.pop_back();
    const std::string input = pattern_text(300'000);
    const outcome done = run_tool(line, input);
    EXPECT_EQ(done.code, 0U);
    EXPECT_TRUE(done.out == input);
    EXPECT_EQ(table_rows(done.err).size(), 100U) << done.err;
}

TEST(tool_data, standard_output_holds_the_output_of_the_last_stage_and_nothing_else) {
    const outcome done = run_tool({"run", "flood", "1000000", "0", "::", "cat", "::", "check_pattern"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "1000000 ok\n");
}

TEST(tool_data, a_single_stage_is_a_pipeline) {
    const outcome done = run_tool({"run", "cat"}, std::string_view("one\0two", 7));
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, std::string("one\0two", 7));
}

TEST(tool_data, the_error_stream_of_every_stage_is_ours) {
    const outcome done =
        run_tool({"run", "--table=never", "two_voices", "second", "first", "::", "cat_both", "::", "cat"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "second");
    EXPECT_EQ(done.err.size(), 11U) << done.err;
    EXPECT_EQ(count(done.err, "first"), 1U) << done.err;
    EXPECT_EQ(count(done.err, "second"), 1U) << done.err;
}

TEST(tool_data, end_of_stream_reaches_a_stage_while_an_earlier_one_still_runs) {
    // close_stdout_early ends only when its own input ends: were another write end open somewhere, cat would wait.
    const outcome done = run_tool({"run", "close_stdout_early", "::", "cat", "::", "cat"}, "");
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "before\n");
}

} // namespace

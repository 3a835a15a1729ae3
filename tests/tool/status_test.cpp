// The exit status of windpipe, its table and its messages.
#include "tool/tool.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace windpipe_test;

namespace {

TEST(tool_status, the_rightmost_failing_stage_decides) {
    EXPECT_EQ(run_tool({"run", "exit_with", "0", "::", "exit_with", "0"}).code, 0U);
    EXPECT_EQ(run_tool({"run", "exit_with", "3", "::", "cat"}).code, 3U);
    EXPECT_EQ(run_tool({"run", "exit_with", "3", "::", "exit_with", "5", "::", "cat"}).code, 5U);
    EXPECT_EQ(run_tool({"run", "exit_with", "3", "::", "exit_with", "0", "::", "exit_with", "7"}).code, 7U);
    EXPECT_EQ(run_tool({"run", "exit_with", "255"}).code, 255U);
}

TEST(tool_status, which_stages_count_can_be_chosen) {
    EXPECT_EQ(run_tool({"run", "--status=last", "exit_with", "3", "::", "exit_with", "0"}).code, 0U);
    EXPECT_EQ(run_tool({"run", "--status=last", "exit_with", "0", "::", "exit_with", "3"}).code, 3U);
    // A stage that fails after its reader has ended is forgiven on Windows: `cat` ends after the stage before it.
    EXPECT_EQ(run_tool({"run", "--status", "default", "exit_with", "3", "::", "cat"}).code, 3U);
    EXPECT_EQ(run_tool({"run", "--status=strict", "exit_with", "3", "::", "exit_with", "0"}).code, 3U);
    EXPECT_EQ(run_tool({"run", "--status=last", "windpipe_no_such_program", "::", "exit_with", "0"}).code, 127U);
}

TEST(tool_status, a_failing_stage_does_not_stop_the_others) {
    const outcome done = run_tool({"run", "exit_with", "3", "::", "flood", "1000000", "0", "::", "check_pattern"});
    EXPECT_EQ(done.code, 3U);
    EXPECT_EQ(done.out, "1000000 ok\n");
}

TEST(tool_status, the_table_has_a_line_for_every_stage) {
    const outcome done = run_tool({"run", "spin", "100", "::", "exit_with", "3", "::", "cat", "::", "exit_with", "0"});
    EXPECT_EQ(done.code, 3U);
    const auto rows = table_rows(done.err);
    ASSERT_EQ(rows.size(), 4U) << done.err;
    const std::string commands[] = {"spin 100", "exit_with 3", "cat", "exit_with 0"};
    const std::string statuses[] = {"exit 0", "exit 3", "exit 0", "exit 0"};
    std::set<std::string> pids;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].number, static_cast<int>(i) + 1);
        EXPECT_EQ(rows[i].command, commands[i]);
        EXPECT_EQ(rows[i].status, statuses[i]);
        EXPECT_NE(rows[i].wall, "-");
        pids.insert(rows[i].pid);
    }
    EXPECT_EQ(pids.size(), 4U) << done.err;
    EXPECT_FALSE(pids.contains("-"));
    EXPECT_GE(std::stod(rows[0].wall), 0.050) << done.err;
}

TEST(tool_status, a_stage_that_ended_first_is_not_charged_for_waiting_on_another) {
    const outcome done = run_tool({"run", "--table=always", "spin", "400", "::", "exit_with", "0"});
    const auto rows = table_rows(done.err);
    ASSERT_EQ(rows.size(), 2U) << done.err;
    EXPECT_LT(std::stod(rows[1].wall), std::stod(rows[0].wall)) << done.err;
}

TEST(tool_status, the_table_is_shown_as_asked) {
    EXPECT_EQ(run_tool({"run", "--table=never", "exit_with", "3"}).err, "");
    EXPECT_EQ(run_tool({"run", "--table=auto", "exit_with", "0"}).err, "");
    EXPECT_EQ(table_rows(run_tool({"run", "--table", "auto", "exit_with", "3"}).err).size(), 1U);
    EXPECT_EQ(table_rows(run_tool({"run", "--table=always", "exit_with", "0"}).err).size(), 1U);
}

TEST(tool_status, a_long_command_or_one_with_control_characters_keeps_the_table_in_shape) {
    const words commands[] = {{"run", "--table=always", "two_voices", "line\nfeed\x1B[31m", "", "::", "cat"},
                              {"run", "--table=always", "print_args", std::string(5000, 'x'), "::", "cat"}};
    for (const words& line : commands) {
        const outcome done = run_tool(line);
        EXPECT_EQ(done.code, 0U);
        EXPECT_EQ(table_rows(done.err).size(), 2U) << done.err;
        EXPECT_EQ(count(done.err, "\n"), 3U) << done.err;
        EXPECT_EQ(done.err.find('\x1B'), std::string::npos);
        EXPECT_EQ(done.err.find(std::string(100, 'x')), std::string::npos) << done.err;
    }
}

TEST(tool_status, a_program_that_does_not_exist_is_127_and_its_stage_is_named_once) {
    const outcome done = run_tool({"run", "cat", "::", "windpipe_no_such_program", "an arg", "::", "cat"}, "unread");
    EXPECT_EQ(done.code, 127U);
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(count(done.err, "windpipe: stage "), 1U) << done.err;
    EXPECT_NE(done.err.find("windpipe: stage 2 (windpipe_no_such_program 'an arg') was not found: "), std::string::npos)
        << done.err;
}

TEST(tool_status, a_path_that_does_not_exist_is_127) {
    const outcome done = run_tool({"run", "./windpipe/no/such/program", "::", "cat"});
    EXPECT_EQ(done.code, 127U);
    EXPECT_NE(done.err.find("windpipe: stage 1 (./windpipe/no/such/program) was not found: "), std::string::npos)
        << done.err;
}

TEST(tool_status, a_stage_that_cannot_start_takes_the_others_down) {
    // run_tool() returns only when no stage holds the output or the error stream any more.
    const outcome done = run_tool(
        {"run", "sleep_forever", "::", "sleep_forever", "::", "windpipe_no_such_program", "::", "sleep_forever"});
    EXPECT_EQ(done.code, 127U);
    const auto rows = table_rows(done.err);
    ASSERT_EQ(rows.size(), 4U) << done.err;
    EXPECT_EQ(rows[0].status, "SIGKILL");
    EXPECT_EQ(rows[1].status, "SIGKILL");
    EXPECT_EQ(rows[2].status, "not started");
    EXPECT_EQ(rows[3].status, "not started");
    EXPECT_EQ(rows[2].pid, "-");
    EXPECT_EQ(rows[3].wall, "-");
    EXPECT_EQ(count(done.err, "windpipe: "), 1U) << done.err;
}

TEST(tool_status, a_stage_that_cannot_start_counts_more_than_one_that_failed) {
    EXPECT_EQ(run_tool({"run", "exit_with", "3", "::", "windpipe_no_such_program"}).code, 127U);
    EXPECT_EQ(run_tool({"run", "windpipe_no_such_program", "::", "exit_with", "3"}).code, 127U);
}

} // namespace

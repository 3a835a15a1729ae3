// windpipe attach on a real terminal: what stands on the screen of tmux.
#include "screen.hpp"

#include <algorithm>
#include <sstream>

#include <unistd.h>

using namespace windpipe_test;

namespace {

class tool_xray_screen : public terminal_test {
protected:
    void attach(const running_script& script, const std::string& options = "") const {
        type(tool_path() + " attach " + options + " " + script.pid());
    }
};

const std::string slow = slow_source + " | cat | wc -c";

TEST_F(tool_xray_screen, shows_stages_and_pipes_and_what_limits) {
    const running_script script(slow);
    script.wait_for({"perl", "cat", "wc"});
    attach(script, "-s 100M");
    const std::string seen = wait_for("limits: stage 1 (perl)", drawn);
    EXPECT_NE(seen.find("\xE2\x96\xB6  1 perl"), std::string::npos) << seen;
    EXPECT_NE(seen.find("2 cat "), std::string::npos) << seen;
    EXPECT_NE(seen.find("waits for input"), std::string::npos) << seen;
    EXPECT_NE(seen.find("1 -> 2"), std::string::npos) << seen;
    EXPECT_NE(seen.find("KiB/s"), std::string::npos) << seen;
    EXPECT_NE(seen.find("\xE2\x96\x88"), std::string::npos) << "a sparkline\n" << seen;
    EXPECT_NE(wait_for(" left").find(" %, "), std::string::npos);
    tmux({"send-keys", "C-c"});
    wait_for("shell>", restored);
}

TEST_F(tool_xray_screen, follows_the_size_of_the_terminal) {
    const running_script script(slow);
    script.wait_for({"perl", "cat", "wc"});
    attach(script);
    wait_for("limits: stage 1 (perl)", drawn);
    tmux({"resize-window", "-x", "40", "-y", "6"});
    // tmux cuts the old picture; the new one says itself where something is missing, up to the last column.
    const std::string seen = wait_for(" waits for i...\n");
    std::istringstream lines(seen);
    words all;
    for (std::string line; std::getline(lines, line);) {
        all.push_back(line);
    }
    ASSERT_EQ(all.size(), 6U) << seen;
    EXPECT_NE(all[0].find("1 perl"), std::string::npos) << seen;
    for (const std::size_t cut : {0U, 1U, 5U}) {
        EXPECT_TRUE(all[cut].ends_with("...")) << seen;
        EXPECT_EQ(std::ranges::count_if(all[cut], [](char each) { return (each & 0xC0) != 0x80; }), 40) << seen;
    }
    tmux({"send-keys", "C-c"});
    wait_for("shell>", restored);
}

TEST_F(tool_xray_screen, the_terminal_is_restored_when_the_pipeline_ends_and_the_report_stays) {
    {
        const running_script script(slow);
        script.wait_for({"perl", "cat", "wc"});
        attach(script);
        wait_for("limits: stage 1 (perl)", drawn);
    }
    const std::string seen = wait_for("channels:", restored);
    EXPECT_NE(seen.find("shell>"), std::string::npos) << seen;
}

TEST_F(tool_xray_screen, the_terminal_is_restored_by_signals_and_comes_back_after_a_stop) {
    const running_script script(slow);
    script.wait_for({"perl", "cat", "wc"});
    attach(script);
    wait_for("2 cat", drawn);
    tmux({"send-keys", "C-z"});
    wait_for("topped", restored);
    type("fg");
    wait_for("2 cat", drawn);
    tmux({"send-keys", "C-z"});
    wait_for("topped", restored);
    type("kill -TERM %1; fg; echo status $?");
    wait_for("status 143", restored);
    type("set +m; " + tool_path() + " attach " + script.pid() + " & p=$!; wait_a_bit=1");
    wait_for("2 cat", drawn);
    tmux({"send-keys", "kill -TERM $p; wait $p; echo status $?", "Enter"});
    wait_for("status 143", restored);
    type(tool_path() + " attach " + script.pid() + " & p=$!; wait_a_bit=1");
    wait_for("2 cat", drawn);
    tmux({"send-keys", "kill -USR1 $p; wait $p; echo status $?", "Enter"});
    wait_for("status 138", restored);
}

TEST(tool_xray_plain, without_a_terminal_there_are_lines_and_the_report) {
    outcome done;
    {
        const running_script script(slow);
        script.wait_for({"perl", "cat", "wc"});
        done = finish(windpipe::command(
            "sh", words{"-c", "timeout 3 \"$0\" attach -s 1M " + script.pid() + "; exit 0", tool_path()}));
    }
    EXPECT_GE(count(done.out, "; the source limits: stage 1 (perl)"), 1U) << done.out << done.err;
    EXPECT_NE(done.out.find("1 perl "), std::string::npos) << done.out;
    EXPECT_NE(done.out.find(" left; "), std::string::npos) << done.out;
    EXPECT_EQ(done.out.find('\x1b'), std::string::npos) << done.out;
}

TEST(tool_xray_plain, a_pipeline_that_ends_meanwhile_is_told_as_it_was) {
    const running_script script("sleep 2 | cat >/dev/null");
    script.wait_for({"sleep", "cat"});
    const outcome done = run_tool({"snapshot", "-d", "4", script.pid()});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_NE(done.out.find("1  sleep "), std::string::npos) << done.out;
    EXPECT_NE(done.out.find("1 -> 2: pipe "), std::string::npos) << done.out;
}

TEST(tool_xray_misuse, is_125_with_one_line_that_says_what_is_wrong) {
    const std::pair<words, std::string> cases[] = {{{"snapshot"}, "PID"},
                                                   {{"snapshot", "abc"}, "'abc' is no process id"},
                                                   {{"snapshot", "0"}, "is no process id"},
                                                   {{"snapshot", "-d", "x", "1"}, "'x' is no time"},
                                                   {{"attach", "-s", "x", "1"}, "'x' is no size"},
                                                   {{"snapshot", "4294967295"}, "there is no process 4294967295"},
                                                   {{"attach", "4294967295"}, "there is no process 4294967295"}};
    for (const auto& [line, part] : cases) {
        const outcome done = run_tool(line);
        EXPECT_EQ(done.code, 125U) << part;
        EXPECT_EQ(done.out, "");
        EXPECT_NE(done.err.find(part), std::string::npos) << done.err;
        EXPECT_EQ(count(done.err, "\n"), 1U) << done.err;
    }
}

TEST(tool_xray_misuse, what_belongs_to_another_user_is_refused) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can become another user";
    }
    const std::string nobody = "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" \"$@\"";
    const outcome done = finish(windpipe::command("sh", words{"-c", nobody, tool_path(), "snapshot", "1"}));
    EXPECT_EQ(done.code, 125U) << done.out;
    EXPECT_NE(done.err.find("is not yours to look at"), std::string::npos) << done.err;
    const running_script script(slow);
    script.wait_for({"perl", "cat", "wc"});
    EXPECT_EQ(finish(windpipe::command("sh", words{"-c", nobody, tool_path(), "snapshot", script.pid()})).code, 125U);
}

TEST(tool_xray_misuse, an_output_that_cannot_be_written_is_a_failure) {
    const running_script script(slow);
    const outcome done = finish(windpipe::command(
        "sh", words{"-c", "exec \"$0\" snapshot -d 0.1 " + script.pid() + " >/dev/full", tool_path()}));
    EXPECT_EQ(done.code, 125U) << done.err;
    EXPECT_NE(done.err.find("standard output cannot be written"), std::string::npos) << done.err;
}

} // namespace

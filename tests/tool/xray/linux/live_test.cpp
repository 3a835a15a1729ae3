// windpipe run --live: on the screen of tmux, and without a terminal.
#include "screen.hpp"

#include "tool/files.hpp"

using namespace windpipe_test;

namespace {

class tool_live : public terminal_test {
protected:
    void run(const std::string& options, const std::string& line) const {
        type(tool_path() + " run --live " + options + " " + line);
    }
};

TEST_F(tool_live, shows_the_stages_by_their_names_while_they_run) {
    run("-s 100M -N source -N 3=sink", slow_source + " :: cat :: wc -c >/dev/null");
    const std::string seen = wait_for("limits: stage 1 (source)", drawn);
    EXPECT_NE(seen.find("\xE2\x96\xB6  1 source"), std::string::npos) << seen;
    EXPECT_NE(seen.find("2 cat "), std::string::npos) << seen;
    EXPECT_NE(seen.find("3 sink "), std::string::npos) << seen;
    EXPECT_NE(seen.find("1 -> 2"), std::string::npos) << seen;
    EXPECT_NE(wait_for(" left").find(" %, "), std::string::npos);
    tmux({"send-keys", "C-c"});
    EXPECT_NE(wait_for("shell>", restored).find("verdict: "), std::string::npos) << "the report stays";
}

TEST_F(tool_live, knows_how_far_a_file_has_been_read) {
    const folder_of_test folder;
    write_file(folder.path("input"), std::string(1UL << 22U, 'x'));
    run("", "perl -e 'while(sysread STDIN,$x,4096){syswrite STDOUT,$x; select undef,undef,undef,.02}' :: wc -c <" +
                folder.path("input") + " >/dev/null");
    EXPECT_NE(wait_for(" left", drawn).find(" %, "), std::string::npos);
    tmux({"send-keys", "C-c"});
    wait_for("shell>", restored);
}

TEST_F(tool_live, what_the_stages_say_is_shown_below_and_stays) {
    run("--table never", "sh -c 'echo something is odd >&2; exec \"$@\"' sh " + slow_source + " :: wc -c >/dev/null");
    const std::string seen = wait_for("sh: something is odd", drawn);
    EXPECT_EQ(seen.find("stderr of"), std::string::npos) << "windpipe empties them, and they are no part of the way\n"
                                                         << seen;
    tmux({"send-keys", "C-c"});
    wait_for("verdict: ", restored);
    EXPECT_NE(printed().find("sh: something is odd"), std::string::npos) << printed();
}

TEST_F(tool_live, the_terminal_is_restored_when_it_stops_or_is_told_to_end) {
    run("", slow_source + " :: wc -c >/dev/null");
    wait_for("2 wc", drawn);
    tmux({"send-keys", "C-z"});
    wait_for("topped", restored);
    type("fg");
    wait_for("2 wc", drawn);
    tmux({"send-keys", "C-z"});
    wait_for("topped", restored);
    type("kill -TERM %1; fg; echo status $?");
    wait_for("status 143", restored);
}

TEST_F(tool_live, where_the_output_is_the_terminal_there_are_lines) {
    run("", slow_source + " :: wc -c");
    wait_for("1 perl ");
    EXPECT_EQ(state(), restored);
    tmux({"send-keys", "C-c"});
    wait_for("shell>", restored);
}

TEST(tool_live_plain, without_a_terminal_there_are_lines_and_the_output_is_untouched) {
    const outcome done = run_tool({"run", "--live", "-s", "10M", "--timeout", "3", "--", "perl", "-e",
                                   "$|=1; while(1){syswrite STDOUT,q(x)x4096; select undef,undef,undef,.02}",
                                   "::", "cat", "::", "wc", "-c"});
    EXPECT_GE(count(done.err, " left; 1 perl "), 1U) << done.err;
    EXPECT_GE(count(done.err, "; the source limits: stage 1 (perl)"), 1U) << done.err;
    EXPECT_EQ(done.out.find_first_not_of("0123456789\n"), std::string::npos) << done.out;
    EXPECT_EQ(done.err.find('\x1b'), std::string::npos) << done.err;
}

} // namespace

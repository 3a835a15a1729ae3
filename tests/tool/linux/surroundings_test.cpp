// The same bytes as a shell's pipeline, and what windpipe inherits and hands on.
#include "support/pattern.hpp"
#include "tool/files.hpp"
#include "tool/tool.hpp"

#include <windpipe/child.hpp>

#include <gtest/gtest.h>
#include <sstream>

using namespace windpipe_test;

namespace {

/// windpipe, started by a shell that redirects it, as in "$0" run … <&-.
outcome by_shell(const std::string& redirection, words line) {
    words all = {"-c", "exec \"$0\" \"$@\" " + redirection, tool_path()};
    all.insert(all.end(), line.begin(), line.end());
    return finish(with_children(windpipe::command("sh", all)));
}

TEST(tool_surroundings_linux, real_programs_give_the_same_bytes_as_under_a_shell) {
    const outcome done = run_tool({"run", "seq", "1", "1000000", "::", "gzip", "-9", "::", "wc", "-c"});
    const outcome shell = finish(windpipe::command("sh", "-c", "seq 1 1000000 | gzip -9 | wc -c"));
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, shell.out);
    EXPECT_GE(std::stol(done.out), 1'000'000) << done.out;

    const outcome bytes = run_tool({"run", "seq", "1", "300000", "::", "gzip", "-9"});
    EXPECT_TRUE(bytes.out == finish(windpipe::command("sh", "-c", "seq 1 300000 | gzip -9")).out);
}

TEST(tool_surroundings_linux, a_stage_gets_its_three_streams_and_nothing_else) {
    const words pipelines[] = {{"run", "list_handles", "::", "cat"},
                               {"run", "exit_with", "0", "::", "list_handles", "::", "cat"},
                               {"run", "exit_with", "0", "::", "list_handles"}};
    for (const words& line : pipelines) {
        const outcome done = by_shell("7</dev/null 9>/dev/null", line);
        EXPECT_EQ(done.code, 0U) << done.err;
        std::istringstream lines(done.out);
        words numbers;
        for (std::string each; std::getline(lines, each);) {
            numbers.push_back(each.substr(0, each.find(' ')));
        }
        EXPECT_EQ(numbers, (words{"0", "1", "2"})) << done.out;
    }
}

TEST(tool_surroundings_linux, a_stage_starts_with_default_signals) {
    const outcome plain = finish(with_children(windpipe::command("report_signals")));
    const outcome done = run_tool({"run", "report_signals"});
    EXPECT_EQ(done.out, plain.out);
    EXPECT_NE(done.out, "");
}

TEST(tool_surroundings_linux, closed_standard_input_is_an_empty_input) {
    const outcome done = by_shell("<&-", {"run", "cat", "::", "wc", "-c"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(std::stol(done.out), 0);
}

TEST(tool_surroundings_linux, closed_standard_output_is_an_error_to_the_stage_that_writes) {
    const outcome done = by_shell(">&-", {"run", "flood", "1000000", "0", "::", "cat"});
    EXPECT_EQ(done.code, 98U) << done.err;
    EXPECT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(by_shell(">&-", {"run", "flood", "1000000", "0", "::", "exit_with", "0"}).code, 0U);
}

TEST(tool_surroundings_linux, with_every_stream_closed_the_exit_status_is_still_right) {
    EXPECT_EQ(by_shell("<&- >&- 2>&-", {"run", "flood", "100000", "0", "::", "cat", "::", "exit_with", "6"}).code, 6U);
    EXPECT_EQ(by_shell("<&- >&- 2>&-", {"run", "flood", "100000", "0", "::", "cat", "::", "check_pattern"}).code, 98U);
}

TEST(tool_surroundings_linux, a_help_text_that_cannot_be_written_is_a_failure) {
    EXPECT_EQ(by_shell(">/dev/full", {"--help"}).code, 125U);
    EXPECT_EQ(by_shell(">&-", {"run", "--help"}).code, 125U);
}

TEST(tool_surroundings_linux, an_error_stream_without_readers_does_not_replace_the_exit_status) {
    windpipe::command tool = tool_command({"run", "exit_with", "5"});
    tool.err(windpipe::piped).out(windpipe::null).in(windpipe::null);
    auto running = tool.spawn();
    ASSERT_TRUE(running) << running.error().message();
    running->err.close();
    const auto status = running->wait();
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(*status, windpipe::exit_status::exited(5));
}

TEST(tool_surroundings_linux, a_full_disk_for_the_records_is_told_and_harms_no_data) {
    const outcome done = run_tool({"run", "--table=never", "--json", "/dev/full", "cat", "::", "cat"}, "bytes");
    EXPECT_EQ(done.code, 125U);
    EXPECT_EQ(done.out, "bytes");
    EXPECT_EQ(done.err, "windpipe: the records in '/dev/full' are not complete: No space left on device\n");
    EXPECT_EQ(run_tool({"run", "--json", "/dev/full", "exit_with", "3"}).code, 3U) << "the pipeline's own counts more";
}

TEST(tool_surroundings_linux, records_go_to_a_descriptor_that_is_open) {
    const folder_of_test folder;
    const std::string file = folder.path("records");
    EXPECT_EQ(by_shell("3>'" + file + "'", {"run", "--json", "fd:3", "list_handles", "::", "wc", "-l"}).out, "3\n");
    EXPECT_TRUE(read_file(file).starts_with("{")) << read_file(file);
    EXPECT_EQ(by_shell("3>&-", {"run", "--json", "fd:3", "cat"}).code, 125U);
}

TEST(tool_surroundings_linux, messages_for_a_closed_error_stream_do_not_go_into_a_file_of_ours) {
    const folder_of_test folder;
    const std::string file = folder.path("records");
    EXPECT_EQ(by_shell("2>&-", {"run", "--json", file, "cat", "::", "windpipe_no_such_program"}).code, 127U);
    EXPECT_TRUE(read_file(file).starts_with("{") && read_file(file).ends_with("}\n")) << read_file(file);
    EXPECT_EQ(count(read_file(file), "windpipe: "), 0U);
}

TEST(tool_surroundings_linux, the_pipes_have_the_size_asked_for) {
    const char* const print_size = "print fcntl(STDIN, 1032, 0)"; // F_GETPIPE_SZ
    EXPECT_EQ(run_tool({"run", "--pipe-size", "256k", "exit_with", "0", "::", "perl", "-e", print_size}).out, "262144");
    EXPECT_EQ(run_tool({"run", "--pipe-size=1MiB", "exit_with", "0", "::", "perl", "-e", print_size}).out, "1048576");
    EXPECT_EQ(run_tool({"run", "exit_with", "0", "::", "perl", "-e", print_size}).out, "65536");
}

TEST(tool_surroundings_linux, pipes_that_are_granted_less_are_reported_once) {
    // Only with CAP_SYS_RESOURCE may a pipe be larger than pipe-max-size.
    const outcome done = finish(with_children(windpipe::command(
        "sh", {"-c",
               "if [ $(id -u) = 0 ]; then set -- setpriv --bounding-set=-sys_resource \"$0\" \"$@\"; "
               "else set -- \"$0\" \"$@\"; fi; exec \"$@\"",
               tool_path(), "run", "--table=never", "--pipe-size", "1G", "echo", "a", "::", "cat", "::", "cat"})));
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "a\n");
    EXPECT_EQ(count(done.err, "windpipe: the pipes hold "), 1U) << done.err;
    EXPECT_EQ(count(done.err, "\n"), 1U) << done.err;
}

/// Starts windpipe as the leader of a process group, as an interactive shell does, and waits for its first output.
windpipe::child start_in_foreground(words line) {
    words all = {"--default-signal=INT", tool_path()};
    all.insert(all.end(), line.begin(), line.end());
    windpipe::command tool = with_children(windpipe::command("env", all));
    tool.in(windpipe::piped).out(windpipe::piped).err(windpipe::piped).contain(windpipe::containment::tree);
    auto running = tool.spawn();
    if (!running) {
        ADD_FAILURE() << running.error().message();
        return {};
    }
    std::byte first{};
    EXPECT_EQ(running->out.read({&first, 1}).value_or(0), 1U);
    return std::move(*running);
}

/// What the terminal does at Ctrl-C.
void interrupt(const windpipe::child& leader) {
    EXPECT_EQ(
        finish(windpipe::command("perl", "-e", "kill('INT', -$ARGV[0]) or exit 1", std::to_string(leader.pid()))).code,
        0U);
}

TEST(tool_surroundings_linux, ctrl_c_ends_the_stages_and_windpipe_reports_and_then_ends_by_it_too) {
    windpipe::child tool =
        start_in_foreground({"run", "sleep_forever", "::", "sh", "-c", "echo ready; exec sleep_forever"});
    ASSERT_TRUE(tool);
    interrupt(tool);
    std::string err;
    ASSERT_TRUE(tool.err.read_to_end(err));
    ASSERT_EQ(table_rows(err).size(), 2U) << err;
    EXPECT_EQ(table_rows(err)[0].status, "SIGINT");
    EXPECT_EQ(table_rows(err)[1].status, "SIGINT");
    EXPECT_EQ(*tool.wait(), windpipe::exit_status::signalled(2));
}

TEST(tool_surroundings_linux, windpipe_waits_for_a_stage_that_cleans_up_at_ctrl_c) {
    const char* const careful = "$| = 1; $SIG{INT} = sub { print qq(cleaned\n); exit 3 }; print qq(ready\n); <STDIN>";
    windpipe::child tool = start_in_foreground({"run", "perl", "-e", careful});
    ASSERT_TRUE(tool);
    interrupt(tool);
    std::string out;
    ASSERT_TRUE(tool.out.read_to_end(out));
    EXPECT_EQ(out, "eady\ncleaned\n");
    std::string err;
    ASSERT_TRUE(tool.err.read_to_end(err));
    ASSERT_EQ(table_rows(err).size(), 1U) << err;
    EXPECT_EQ(table_rows(err)[0].status, "exit 3");
    EXPECT_EQ(*tool.wait(), windpipe::exit_status::signalled(2));
}

TEST(tool_surroundings_linux, the_second_ctrl_c_kills_what_did_not_end_at_the_first) {
    windpipe::child tool = start_in_foreground({"run", "sh", "-c", "trap '' INT; echo ready; exec cat"});
    ASSERT_TRUE(tool);
    do { // two sent at once may arrive as one
        interrupt(tool);
    } while (!tool.try_wait().value_or(windpipe::exit_status::exited(0)));
    EXPECT_EQ(*tool.wait(), windpipe::exit_status::signalled(2));
    std::string err;
    ASSERT_TRUE(tool.err.read_to_end(err));
    ASSERT_EQ(table_rows(err).size(), 1U) << err;
    EXPECT_EQ(table_rows(err)[0].status, "SIGKILL");
}

} // namespace

// A pipeline as a text: -c, --file, names, and where the streams go.
#include "tool/files.hpp"
#include "tool/tool.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test;

namespace {

class tool_text : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }
    [[nodiscard]] std::string quoted(const std::string& name) const { return '\'' + path(name) + '\''; }

    folder_of_test folder_;
};

TEST_F(tool_text, runs_the_stages_with_their_words) {
    const outcome done = run_tool({"run", "--table=never", "-c", R"(print_args 'a b' "c|d" '' it\'s | cat)"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "10:print_args\n3:a b\n3:c|d\n0:\n4:it's\n");
    EXPECT_EQ(run_tool({"run", "--command=exit_with 3 | cat"}).code, 3U);
}

TEST_F(tool_text, streams_go_to_files) {
    write_file(path("in"), "from a file\n");
    write_file(path("out"), "what is longer than what comes\n");
    const outcome done =
        run_tool({"run", "--table=never", "-c", "cat <" + quoted("in") + " | cat | cat >" + quoted("out")}, "unread");
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out + done.err, "");
    EXPECT_EQ(read_file(path("out")), "from a file\n");

    EXPECT_EQ(run_tool({"run", "-c", "cat >>" + quoted("out")}, "and more\n").code, 0U);
    EXPECT_EQ(read_file(path("out")), "from a file\nand more\n");
}

TEST_F(tool_text, error_streams_go_to_files_and_with_the_output) {
    EXPECT_EQ(run_tool({"run", "-c", "two_voices out err 2>" + quoted("e") + " | cat >" + quoted("o")}).code, 0U);
    EXPECT_EQ(read_file(path("e")), "err");
    EXPECT_EQ(read_file(path("o")), "out");
    EXPECT_EQ(run_tool({"run", "-c", "two_voices out more 2>>" + quoted("e") + " | cat >" + quoted("o")}).code, 0U);
    EXPECT_EQ(read_file(path("e")), "errmore");
    const outcome joined = run_tool({"run", "--table=never", "-c", "two_voices out err 2>&1 | cat"});
    EXPECT_EQ(joined.out.size(), 6U) << joined.out;
    EXPECT_EQ(joined.err, "");
}

TEST_F(tool_text, can_stand_in_a_file) {
    write_file(path("pipeline"), "\xEF\xBB\xBF# counts\nprint_args x |\n  cat # passes on\n  | cat\n");
    const outcome done = run_tool({"run", "--table=always", "--file", path("pipeline")});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "10:print_args\n1:x\n");
    EXPECT_EQ(table_rows(done.err).size(), 3U) << done.err;
}

TEST_F(tool_text, a_mistake_is_shown_with_its_place_and_nothing_is_run) {
    const outcome done = run_tool({"run", "-c", "two_voices a b && cat"});
    EXPECT_EQ(done.code, 125U);
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(done.err, "windpipe: -c:1:16: '&&' is for a shell: no second command can follow a first\n"
                        "  two_voices a b && cat\n"
                        "                 ^\n");
    write_file(path("pipeline"), "cat |\ncat *.txt\n");
    const outcome in_file = run_tool({"run", "--file", path("pipeline")});
    EXPECT_EQ(in_file.code, 125U);
    EXPECT_TRUE(in_file.err.starts_with("windpipe: " + path("pipeline") + ":2:5: ")) << in_file.err;
    EXPECT_TRUE(in_file.err.ends_with("  cat *.txt\n      ^\n")) << in_file.err;
}

TEST_F(tool_text, a_file_that_cannot_be_read_or_opened_is_125) {
    const struct {
        words line;
        std::string part;
    } cases[] = {
        {{"run", "--file", path("missing")}, "cannot be read: "},
        {{"run", "--file", path("")}, "it is a folder"},
        {{"run", "-c", "cat <" + quoted("missing")}, "could not be started: open stdin"},
        {{"run", "-c", "cat >" + quoted("no/such/folder")}, "could not be started: open stdout"},
        {{"run", "--stderr=file:" + path("no/such/folder"), "cat"}, "cannot be opened: "},
        {{"run", "--json", path("no/such/folder"), "cat"}, "cannot be opened: "},
        {{"run", "--json", "fd:1", "cat"}, "is a stream of the stages"},
        {{"run", "--json", "fd:x", "cat"}, "names no descriptor"},
        {{"run", "--atomic-output", path("no/such/folder"), "cat"}, "cannot be replaced: "},
        {{"run", "--atomic-output", path(""), "cat"}, "cannot be replaced: "},
        {{"run", "--atomic-output", path("x"), "-c", "cat >" + quoted("y")}, "by '>' and by --atomic-output"},
    };
    for (const auto& each : cases) {
        const outcome done = run_tool(each.line);
        EXPECT_EQ(done.code, 125U) << each.part << '\n' << done.err;
        EXPECT_EQ(count(done.err, "windpipe: "), 1U) << done.err;
        EXPECT_NE(done.err.find(each.part), std::string::npos) << each.part << '\n' << done.err;
    }
}

TEST_F(tool_text, stages_have_the_names_they_are_given) {
    const outcome done =
        run_tool({"run", "--table=always", "-N", "first", "--name", "3=the third", "cat", "::", "cat", "::", "cat"});
    const auto rows = table_rows(done.err);
    ASSERT_EQ(rows.size(), 3U) << done.err;
    EXPECT_EQ(rows[0].command, "first");
    EXPECT_EQ(rows[1].command, "cat");
    EXPECT_EQ(rows[2].command, "the third");
    const outcome too_many = run_tool({"run", "-N", "a", "-N", "b", "cat"});
    EXPECT_EQ(too_many.code, 125U);
    EXPECT_NE(too_many.err.find("there is no stage 2 to be called 'b': the pipeline has 1"), std::string::npos)
        << too_many.err;
    EXPECT_EQ(run_tool({"run", "-N", "0=a", "cat"}).code, 125U);
}

TEST_F(tool_text, ten_thousand_arguments_reach_their_stage) {
    words line = {"run", "--table=never", "print_args"};
    for (int i = 0; i < 10'000; ++i) {
        line.push_back(std::string(1, static_cast<char>('a' + i % 26)));
    }
    line.insert(line.end(), {"::", "cat"});
    const outcome done = run_tool(line);
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(count(done.out, "\n"), 10'001U);
}

} // namespace

// Files that are replaced only when all has gone well, error streams with names, and exact mode.
#include "support/pattern.hpp"
#include "tool/files.hpp"
#include "tool/tool.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test;

namespace {

class tool_atomic_output : public testing::Test {
protected:
    words line(words stages) const {
        words all = {"run", "--atomic-output", file_};
        all.insert(all.end(), stages.begin(), stages.end());
        return all;
    }
    void expect_old(const outcome& done) const {
        EXPECT_EQ(read_file(file_), "old");
        EXPECT_EQ(folder_.files(), 1);
        EXPECT_NE(done.err.find("windpipe: '" + file_ + "' is as it was: "), std::string::npos) << done.err;
    }

    folder_of_test folder_;
    std::string file_ = folder_.path("file");
};

TEST_F(tool_atomic_output, replaces_the_file_when_all_stages_succeed) {
    write_file(file_, "old");
    const outcome done = run_tool(line({"cat", "::", "cat"}), "new\n");
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "");
    EXPECT_EQ(read_file(file_), "new\n");
    EXPECT_EQ(folder_.files(), 1);
}

TEST_F(tool_atomic_output, makes_the_file_when_there_is_none) {
    EXPECT_EQ(run_tool(line({"cat"}), "new\n").code, 0U);
    EXPECT_EQ(read_file(file_), "new\n");
    EXPECT_EQ(folder_.files(), 1);
}

TEST_F(tool_atomic_output, leaves_the_old_file_when_a_stage_fails) {
    write_file(file_, "old");
    for (const words& stages : {words{"exit_with", "3", "::", "cat"}, words{"cat", "::", "exit_with", "3"},
                                words{"--status=last", "exit_with", "3", "::", "cat"}}) {
        const outcome done = run_tool(line(stages), "new\n");
        EXPECT_EQ(done.code, stages[0] == "--status=last" ? 0U : 3U) << done.err;
        expect_old(done);
    }
}

TEST_F(tool_atomic_output, leaves_the_old_file_when_a_stage_cannot_be_started) {
    write_file(file_, "old");
    const outcome done = run_tool(line({"cat", "::", "windpipe_no_such_program"}));
    EXPECT_EQ(done.code, 127U);
    expect_old(done);
}

TEST_F(tool_atomic_output, leaves_the_old_file_when_the_time_is_over) {
    write_file(file_, "old");
    const outcome done =
        run_tool(line({"--timeout=200ms", "--kill-after=1s", "flood", "5", "0", "::", "cat", "::", "sleep_forever"}));
    EXPECT_TRUE(done.code == 124U || done.code == 137U) << done.code << done.err;
    expect_old(done);
}

TEST_F(tool_atomic_output, leaves_no_file_when_there_was_none) {
    EXPECT_EQ(run_tool(line({"exit_with", "3", "::", "cat"})).code, 3U);
    EXPECT_EQ(folder_.files(), 0);
}

TEST(tool_errors, have_the_name_of_their_stage_in_front_of_each_line) {
    const outcome done = run_tool(
        {"run", "--table=never", "--stderr=prefix", "-N", "2=second", "two_voices", "x", "one\ntwo", "::", "cat_both"},
        "");
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(count(done.err, "1 two_voices: one\n"), 1U) << done.err;
    EXPECT_EQ(count(done.err, "1 two_voices: two\n"), 1U) << done.err;
    EXPECT_EQ(count(done.err, "second: x\n"), 1U) << done.err;
    EXPECT_EQ(count(done.err, "\n"), 3U) << done.err;
    EXPECT_EQ(done.out, "x");
}

TEST(tool_errors, can_go_to_one_file) {
    const folder_of_test folder;
    const std::string file = folder.path("errors");
    write_file(file, "old");
    const outcome done =
        run_tool({"run", "--table=never", "--stderr=file:" + file, "two_voices", "x", "one", "::", "cat_both"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.err, "");
    const std::string errors = read_file(file);
    EXPECT_EQ(errors.size(), 4U) << errors;
    EXPECT_EQ(count(errors, "one") + count(errors, "x"), 2U) << errors;
}

TEST(tool_xray_option, is_shown_when_asked_for_and_never_disturbs_it) {
    const std::string input = pattern_text(3'000'001);
    const words stages = {"cat", "::", "cat", "4097", "::", "exit_with", "3"};
    const auto with = [&](words options) {
        options.insert(options.end(), stages.begin(), stages.end());
        return run_tool(std::move(options), input);
    };
    const outcome plain = with({"run", "--status=strict"});
    EXPECT_EQ(plain.err.find("verdict: "), std::string::npos) << plain.err;
    EXPECT_EQ(plain.err.find("x-ray: "), std::string::npos) << plain.err;
    const outcome seen = with({"run", "--status=strict", "--xray"});
    EXPECT_EQ(seen.code, plain.code) << seen.err;
    EXPECT_EQ(table_rows(seen.err).size(), 3U) << seen.err;
    EXPECT_EQ(count(seen.err, "verdict: ") + count(seen.err, "x-ray: there is none: "), 1U) << seen.err;
    EXPECT_TRUE(run_tool({"run", "--xray", "cat", "::", "cat"}, input).out == input);
    const outcome alone = with({"run", "--xray", "--table=never"});
    EXPECT_EQ(table_rows(alone.err).size(), 0U) << alone.err;
    EXPECT_EQ(count(alone.err, "verdict: ") + count(alone.err, "x-ray: there is none: "), 1U) << alone.err;
    EXPECT_EQ(run_tool({"run", "--xray", "cat", "::", "windpipe_no_such_program"}).code, 127U);
}

TEST(tool_exact, passes_any_bytes_on_and_counts_them) {
    const std::string input = pattern_text(3'000'001);
    const outcome done = run_tool({"run", "--exact", "cat", "::", "cat", "4097", "::", "cat"}, input);
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_TRUE(done.out == input);
    EXPECT_NE(done.err.find("exact: windpipe has passed on the bytes"), std::string::npos) << done.err;
    EXPECT_EQ(count(done.err, "3000001"), 2U) << done.err;
}

TEST(tool_exact, ends_of_streams_and_statuses_are_as_without_it) {
    EXPECT_EQ(run_tool({"run", "--exact", "exit_with", "3", "::", "cat"}).code, 3U);
    EXPECT_EQ(run_tool({"run", "--exact", "cat", "::", "windpipe_no_such_program", "::", "cat"}).code, 127U);
    const outcome early = run_tool({"run", "--exact", "close_stdout_early", "::", "cat", "::", "cat"}, "");
    EXPECT_EQ(early.code, 0U) << early.err;
    EXPECT_EQ(early.out, "before\n");
    const outcome full = run_tool({"run", "--exact", "flood", "100000000", "0", "::", "exit_with", "0"});
    EXPECT_EQ(full.code, 0U) << full.err;
    EXPECT_NE(full.err.find("(forgiven)"), std::string::npos) << full.err;
}

} // namespace

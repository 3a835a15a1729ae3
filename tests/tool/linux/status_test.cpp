// Exit statuses that only Linux has: signals, and the ways in which a file cannot be executed.
#include "tool/tool.hpp"

#include <windpipe/child.hpp>

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

#include <unistd.h>

using namespace windpipe_test;

namespace {

namespace fs = std::filesystem;

TEST(tool_status_linux, a_stage_killed_by_a_signal_counts_as_128_and_its_number) {
    EXPECT_EQ(run_tool({"run", "die_by_signal", "15"}).code, 143U);
    EXPECT_EQ(run_tool({"run", "die_by_signal", "9", "::", "cat"}).code, 137U);
    const outcome done = run_tool({"run", "die_by_signal", "10", "::", "die_by_signal", "1", "::", "cat"});
    EXPECT_EQ(done.code, 129U);
    const auto rows = table_rows(done.err);
    ASSERT_EQ(rows.size(), 3U) << done.err;
    EXPECT_EQ(rows[0].status, "SIGUSR1");
    EXPECT_EQ(rows[1].status, "SIGHUP");
}

TEST(tool_status_linux, the_table_tells_the_processor_time_of_each_stage) {
    const auto rows = table_rows(run_tool({"run", "--table=always", "spin", "100", "::", "exit_with", "0"}).err);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_GE(std::stod(rows[0].user) + std::stod(rows[0].sys), 0.090);
    EXPECT_LT(std::stod(rows[1].user) + std::stod(rows[1].sys), std::stod(rows[0].user) + std::stod(rows[0].sys));
}

TEST(tool_status_linux, the_table_tells_the_memory_of_a_stage_apart_from_what_may_be_ours) {
    const auto rows =
        table_rows(run_tool({"run", "--table=always", "touch_memory", "256", "::", "exit_with", "0"}).err);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_GE(std::stod(rows[0].max_rss), 256.0) << rows[0].max_rss;
    EXPECT_TRUE(rows[1].max_rss.starts_with("<= ")) << rows[1].max_rss;
}

TEST(tool_status_linux, sigpipe_is_forgiven_when_every_later_stage_succeeded) {
    const outcome done = run_tool({"run", "--table=always", "yes", "::", "head", "-n", "1"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, "y\n");
    ASSERT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(table_rows(done.err)[0].status, "SIGPIPE (forgiven)");

    EXPECT_EQ(run_tool({"run", "yes", "::", "cat", "::", "cat", "::", "head", "-n", "1"}).code, 0U);
}

TEST(tool_status_linux, sigpipe_is_not_forgiven_by_the_strict_rule) {
    const outcome done = run_tool({"run", "--status=strict", "yes", "::", "head", "-n", "1"});
    EXPECT_EQ(done.code, 141U);
    EXPECT_EQ(table_rows(done.err).at(0).status, "SIGPIPE") << done.err;
}

TEST(tool_status_linux, sigpipe_is_not_forgiven_when_a_later_stage_failed) {
    const outcome done = run_tool({"run", "yes", "::", "sh", "-c", "head -n 1; exit 4", "::", "cat"});
    EXPECT_EQ(done.code, 4U);
    EXPECT_EQ(table_rows(done.err).at(0).status, "SIGPIPE") << done.err;
}

TEST(tool_status_linux, an_earlier_failure_is_not_forgiven_with_a_later_sigpipe) {
    EXPECT_EQ(run_tool({"run", "exit_with", "6", "::", "yes", "::", "head", "-n", "1"}).code, 6U);
    EXPECT_EQ(run_tool({"run", "die_by_signal", "15", "::", "yes", "::", "head", "-n", "1"}).code, 143U);
}

TEST(tool_status_linux, sigpipe_of_the_last_stage_is_a_failure) {
    windpipe::command tool = tool_command({"run", "yes"});
    tool.out(windpipe::piped).err(windpipe::null).in(windpipe::null);
    auto running = tool.spawn();
    ASSERT_TRUE(running) << running.error().message();
    running->out.close();
    const auto status = running->wait();
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(*status, windpipe::exit_status::exited(128 + 13));
}

TEST(tool_status_linux, dispositions_left_by_the_parent_change_nothing) {
    const words pipeline = {"run", "--table=always", "yes", "::", "head", "-n", "1"};
    words line = {"--ignore-signal=PIPE", "--ignore-signal=CHLD", tool_path()};
    line.insert(line.end(), pipeline.begin(), pipeline.end());
    const outcome done = finish(with_children(windpipe::command("env", line)));
    EXPECT_EQ(done.code, 0U) << done.err;
    ASSERT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(table_rows(done.err)[0].status, "SIGPIPE (forgiven)");
}

/// A folder with files that cannot be executed.
class tool_cannot_execute : public testing::Test {
protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "windpipe_tool_XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string file(const char* name, std::string_view content, fs::perms mode) const {
        const fs::path path = folder_ / name;
        std::ofstream(path) << content;
        fs::permissions(path, mode);
        return path.string();
    }

    static void expect_126(const std::string& program) {
        const outcome done = run_tool({"run", "sleep_forever", "::", program, "::", "cat"});
        EXPECT_EQ(done.code, 126U) << done.err;
        EXPECT_EQ(done.out, "");
        EXPECT_EQ(count(done.err, "windpipe: "), 1U) << done.err;
        EXPECT_NE(done.err.find("windpipe: stage 2 ("), std::string::npos) << done.err;
        EXPECT_NE(done.err.find(") cannot be executed: "), std::string::npos) << done.err;
    }

    fs::path folder_;
};

TEST_F(tool_cannot_execute, a_file_without_permission) {
    expect_126(file("plain", "#!/bin/sh\n", fs::perms::owner_read | fs::perms::owner_write));
}

TEST_F(tool_cannot_execute, a_folder) { expect_126(folder_.string()); }

TEST_F(tool_cannot_execute, a_file_that_is_no_program) {
    expect_126(file("garbage", std::string("\x01\x02\x03\x04garbage", 11), fs::perms::owner_all));
}

TEST_F(tool_cannot_execute, too_many_arguments) {
    const std::string longest(100'000, 'x'); // the kernel takes up to 128 KiB each, and a quarter of the stack in all
    words line = {"-c", "ulimit -s 512; exec \"$0\" run cat :: echo \"$1\" \"$1\" :: cat", tool_path(), longest};
    const outcome done = finish(with_children(windpipe::command("sh", line)));
    // The shell or windpipe itself may be refused as well, with the same status, but only windpipe names a stage.
    EXPECT_EQ(done.code, 126U) << done.err;
}

TEST_F(tool_cannot_execute, a_script_whose_interpreter_is_missing_is_not_found) {
    const outcome done =
        run_tool({"run", file("script", "#!/windpipe/no/such/interpreter\n", fs::perms::owner_all), "::", "cat"});
    EXPECT_EQ(done.code, 127U) << done.err;
}

TEST_F(tool_cannot_execute, no_descriptors_left_is_our_own_failure) {
    const outcome done = finish(with_children(windpipe::command("sh", {"-c",        "ulimit -n 16; exec \"$0\" \"$@\"",
                                                                       tool_path(), "run",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat",       "::",
                                                                       "cat"})));
    EXPECT_EQ(done.code, 125U) << done.err;
    EXPECT_NE(done.err.find(") could not be started: "), std::string::npos) << done.err;
    EXPECT_EQ(count(done.err, "windpipe: "), 1U) << done.err;
}

} // namespace

// Exit statuses that only Windows has: codes of 32 bits, and the ways in which a file cannot be executed.
#include "tool/tool.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>

using namespace windpipe_test;

namespace {

namespace fs = std::filesystem;

TEST(tool_status_windows, codes_above_255_are_folded_to_1_and_shown_in_full) {
    EXPECT_EQ(run_tool({"run", "exit_with", "255"}).code, 255U);
    EXPECT_EQ(run_tool({"run", "exit_with", "256"}).code, 1U);
    EXPECT_EQ(run_tool({"run", "exit_with", "65536"}).code, 1U);
    const outcome done = run_tool({"run", "die_by_signal", "11", "::", "cat"});
    EXPECT_EQ(done.code, 1U) << done.err;
    ASSERT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(table_rows(done.err)[0].status, "exit 0xc0000005");
}

TEST(tool_status_windows, a_writer_that_fails_after_its_reader_has_ended_is_forgiven) {
    // There is no SIGPIPE that would tell why it failed: what tells is which of the two ended first.
    const outcome done = run_tool({"run", "--table=always", "flood", "100000000", "0", "::", "exit_with", "0"});
    EXPECT_EQ(done.code, 0U) << done.err;
    ASSERT_EQ(table_rows(done.err).size(), 2U) << done.err;
    EXPECT_EQ(table_rows(done.err)[0].status, "exit 3 (forgiven)") << done.err;
    EXPECT_EQ(run_tool({"run", "--status=strict", "flood", "100000000", "0", "::", "exit_with", "0"}).code, 3U);
}

class tool_cannot_execute : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() /
                  ("windpipe_tool_" + std::to_string(testing::UnitTest::GetInstance()->random_seed()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    void expect_126(const char* name, std::string_view content) const {
        const fs::path path = folder_ / name;
        std::ofstream(path) << content;
        const outcome done = run_tool({"run", "sleep_forever", "::", path.string(), "::", "cat"});
        EXPECT_EQ(done.code, 126U) << done.err;
        EXPECT_EQ(count(done.err, "windpipe: "), 1U) << done.err;
        EXPECT_NE(done.err.find(") cannot be executed: "), std::string::npos) << done.err;
    }

    fs::path folder_;
};

TEST_F(tool_cannot_execute, a_file_that_is_no_program) { expect_126("garbage.exe", "neither MZ nor PE"); }

TEST_F(tool_cannot_execute, a_batch_file) { expect_126("script.bat", "@exit 0\r\n"); }

} // namespace

// A start that fails is an error of its step, never an exit code, and leaves nothing behind.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"
#include "support/native.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::command;
using windpipe::piped;

constexpr auto missing = std::errc::no_such_file_or_directory;

TEST(command_errors, a_missing_program) {
    const scratch_directory scratch;
    const auto child = command{utf8(scratch / "missing")}.in(piped).out(piped).err(piped).spawn();
    EXPECT_TRUE(failed(child, "exec", missing));
    EXPECT_NE(child.error().message().find("missing"), std::string::npos) << "the message names it";
}

TEST(command_errors, a_file_as_a_directory_on_the_way) {
    const scratch_directory scratch;
    write_file(scratch / "file", "");
    const auto child = command{utf8(scratch / "file" / "program")}.spawn();
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().operation, "exec");
    EXPECT_TRUE(child.error().code == std::errc::not_a_directory || child.error().code == missing)
        << child.error().message();
}

TEST(command_errors, a_directory_as_the_program) {
    const scratch_directory scratch;
    const auto child = command{utf8(scratch.path())}.spawn();
    EXPECT_TRUE(failed(child, "exec", std::errc::permission_denied));
}

TEST(command_errors, a_missing_file_to_read) {
    const scratch_directory scratch;
    const auto child = child_command("cat").in(windpipe::from_file{utf8(scratch / "missing")}).out(piped).spawn();
    EXPECT_TRUE(failed(child, "open stdin", missing));
    EXPECT_NE(child.error().message().find("missing"), std::string::npos) << "the message names it";
}

TEST(command_errors, a_file_to_write_in_a_missing_directory) {
    const scratch_directory scratch;
    const std::string path = utf8(scratch / "missing" / "file");
    EXPECT_TRUE(failed(child_command("cat").out(windpipe::to_file{path}).spawn(), "open stdout", missing));
    EXPECT_TRUE(failed(child_command("cat").err(windpipe::append_to{path}).spawn(), "open stderr", missing));
}

TEST(command_errors, a_handle_that_is_not_open) {
    for (const char* step : {"open stdin", "open stdout", "open stderr"}) {
        windpipe::unique_handle closed(closed_handle());
        auto what = child_command("cat").in(windpipe::null).out(windpipe::null).err(windpipe::null);
        if (step == std::string("open stdin")) {
            what.in(std::move(closed));
        } else {
            step == std::string("open stdout") ? what.out(std::move(closed)) : what.err(std::move(closed));
        }
        EXPECT_TRUE(failed(what.spawn(), step, std::errc::bad_file_descriptor));
    }
}

TEST(command_errors, a_directory_to_write_to) {
    const scratch_directory scratch;
    const auto child = child_command("cat").out(windpipe::to_file{utf8(scratch.path())}).spawn();
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().operation, "open stdout");
    EXPECT_TRUE(child.error().code == std::errc::is_a_directory || child.error().code == std::errc::permission_denied)
        << child.error().message();
}

TEST(command_errors, a_nul_byte_or_nothing_in_the_path_of_a_file) {
    const std::string nul("a\0b", 3);
    for (const std::string& path : {nul, std::string()}) {
        EXPECT_TRUE(failed(child_command("cat").in(windpipe::from_file{path}).spawn(), "open stdin",
                           std::errc::invalid_argument));
    }
    EXPECT_TRUE(
        failed(child_command("cat").out(windpipe::to_file{nul}).spawn(), "open stdout", std::errc::invalid_argument));
    EXPECT_TRUE(
        failed(child_command("cat").err(windpipe::append_to{nul}).spawn(), "open stderr", std::errc::invalid_argument));
}

TEST(command_errors, streams_that_cannot_be_used_there) {
    EXPECT_TRUE(
        failed(child_command("cat").out(windpipe::with_stdout).spawn(), "open stdout", std::errc::invalid_argument));
    EXPECT_TRUE(
        failed(child_command("cat").in(windpipe::pipe_reader{}).spawn(), "open stdin", std::errc::invalid_argument));
    EXPECT_TRUE(
        failed(child_command("cat").out(windpipe::pipe_writer{}).spawn(), "open stdout", std::errc::invalid_argument));
    EXPECT_TRUE(failed(child_command("cat").err(windpipe::unique_handle{}).spawn(), "open stderr",
                       std::errc::invalid_argument));
}

TEST(command_errors, an_end_that_an_earlier_start_has_used_up) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    auto what = child_command("two_voices", "x", "").out(std::move(ends->writer)).in(windpipe::null);
    {
        auto first = what.spawn();
        ASSERT_OK(first);
        EXPECT_EQ(rest_of(ends->reader), "x");
    }
    EXPECT_TRUE(failed(what.spawn(), "open stdout", std::errc::invalid_argument));
}

TEST(command_errors, given_ends_are_still_there_after_a_failure) {
    const scratch_directory scratch;
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    auto what = child_command("two_voices", "x", "").out(std::move(ends->writer)).in(windpipe::null);
    what.current_dir(utf8(scratch / "missing"));
    EXPECT_TRUE(failed(what.spawn(), "current directory", missing));
    EXPECT_TRUE(failed(what.spawn(), "current directory", missing));
    what.current_dir(utf8(scratch.path()));
    auto child = what.spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(ends->reader), "x");
}

TEST(command_errors, leave_nothing_behind) {
    const scratch_directory scratch;
    const std::string missing_path = utf8(scratch / "missing" / "file");
    const auto fail_each_way = [&] {
        const auto full = [](command what) { return std::move(what.in(piped).out(piped).err(piped)); };
        int failures = 0;
        failures += full(command{missing_path}).spawn() ? 0 : 1;
        failures += full(command{utf8(scratch.path())}).spawn() ? 0 : 1;
        failures += full(command{""}).spawn() ? 0 : 1;
        failures += full(command{"windpipe_there_is_no_such_program"}).spawn() ? 0 : 1;
        failures += full(child_command("cat").current_dir(missing_path)).spawn() ? 0 : 1;
        failures += full(child_command("cat")).in(windpipe::from_file{missing_path}).spawn() ? 0 : 1;
        failures += full(child_command("cat")).out(windpipe::to_file{missing_path}).spawn() ? 0 : 1;
        failures += full(child_command("cat")).err(windpipe::append_to{missing_path}).spawn() ? 0 : 1;
        failures += full(child_command("cat", std::string(4 << 20, 'x'))).spawn() ? 0 : 1;
        return failures;
    };
    ASSERT_EQ(fail_each_way(), 9) << "once, so that what the library keeps for good is there";
    const expect_nothing_leaked watch;
    for (int i = 0; i < 10; ++i) {
        ASSERT_EQ(fail_each_way(), 9);
    }
}

} // namespace

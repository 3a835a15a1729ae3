// The environment and the directory a child starts with.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace windpipe_test;
using namespace std::string_view_literals;

std::vector<std::string> environment_of(windpipe::command what) {
    std::vector<std::string> all = parse_counted(output_of(std::move(what)));
    std::erase_if(all, [](const std::string& entry) { return entry.starts_with('='); }); // Windows' own: "=C:=C:\dir"
    return all;
}

std::optional<std::string> value_in(const std::vector<std::string>& all, std::string_view name) {
    std::optional<std::string> found;
    for (const std::string& entry : all) {
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=') {
            EXPECT_FALSE(found) << name << " is there twice";
            found = entry.substr(name.size() + 1);
        }
    }
    return found;
}

TEST(command_environment, starts_as_a_copy_of_ours) {
    // ctest gives us this one; child_program() relies on it
    EXPECT_TRUE(value_in(environment_of(child_command("print_env")), "WINDPIPE_TEST_CHILDREN"));
}

TEST(command_environment, has_what_was_set) {
    const auto all = environment_of(child_command("print_env")
                                        .env("WINDPIPE_A", "1")
                                        .env("WINDPIPE_EMPTY", "")
                                        .env("WINDPIPE_EQUALS", "=a=b=")
                                        .env("WINDPIPE_TEXT", "\xC3\xA4 \"\n\xF0\x9F\x98\x80")
                                        .env("WINDPIPE_TWICE", "first")
                                        .env("WINDPIPE_TWICE", "second"));
    EXPECT_EQ(value_in(all, "WINDPIPE_A"), "1");
    EXPECT_EQ(value_in(all, "WINDPIPE_EMPTY"), "");
    EXPECT_EQ(value_in(all, "WINDPIPE_EQUALS"), "=a=b=");
    EXPECT_EQ(value_in(all, "WINDPIPE_TEXT"), "\xC3\xA4 \"\n\xF0\x9F\x98\x80");
    EXPECT_EQ(value_in(all, "WINDPIPE_TWICE"), "second");
}

TEST(command_environment, lacks_what_was_removed) {
    const auto all = environment_of(child_command("print_env")
                                        .env("WINDPIPE_A", "1")
                                        .env_remove("WINDPIPE_A")
                                        .env_remove("WINDPIPE_TEST_CHILDREN")
                                        .env_remove("WINDPIPE_NEVER_SET"));
    EXPECT_EQ(value_in(all, "WINDPIPE_A"), std::nullopt);
    EXPECT_EQ(value_in(all, "WINDPIPE_TEST_CHILDREN"), std::nullopt);
}

TEST(command_environment, can_start_empty) {
    const auto all =
        environment_of(child_command("print_env").env("WINDPIPE_BEFORE", "1").env_clear().env("WINDPIPE_AFTER", "2"));
    EXPECT_EQ(value_in(all, "WINDPIPE_BEFORE"), std::nullopt);
    EXPECT_EQ(value_in(all, "WINDPIPE_TEST_CHILDREN"), std::nullopt);
    EXPECT_EQ(value_in(all, "WINDPIPE_AFTER"), "2");
    if (!on_windows) {
        EXPECT_EQ(all, std::vector<std::string>{"WINDPIPE_AFTER=2"});
        EXPECT_EQ(environment_of(child_command("print_env").env_clear()), std::vector<std::string>{});
    }
}

TEST(command_environment, of_ours_is_untouched) {
    (void)output_of(child_command("print_env").env("WINDPIPE_ONLY_THERE", "1").env_remove("WINDPIPE_TEST_CHILDREN"));
    const auto all = environment_of(child_command("print_env"));
    EXPECT_EQ(value_in(all, "WINDPIPE_ONLY_THERE"), std::nullopt);
    EXPECT_TRUE(value_in(all, "WINDPIPE_TEST_CHILDREN"));
}

TEST(command_environment, takes_a_long_value) {
    const std::string value(30'000, 'v');
    EXPECT_EQ(value_in(environment_of(child_command("print_env").env("WINDPIPE_LONG", value)), "WINDPIPE_LONG"), value);
}

TEST(command_environment, refuses_impossible_names_and_values) {
    const std::errc invalid = std::errc::invalid_argument;
    EXPECT_TRUE(failed(child_command("print_env").env("", "x").spawn(), "environment", invalid));
    EXPECT_TRUE(failed(child_command("print_env").env("A=B", "x").spawn(), "environment", invalid));
    EXPECT_TRUE(failed(child_command("print_env").env("=A", "x").spawn(), "environment", invalid));
    EXPECT_TRUE(failed(child_command("print_env").env("A\0B"sv, "x").spawn(), "environment", invalid));
    EXPECT_TRUE(failed(child_command("print_env").env("A", "x\0y"sv).spawn(), "environment", invalid));
    EXPECT_TRUE(failed(child_command("print_env").env_remove("").spawn(), "environment", invalid));
    EXPECT_TRUE(failed(child_command("print_env").env_remove("A=").spawn(), "environment", invalid));
}

TEST(command_directory, is_ours_by_default) {
    EXPECT_EQ(std::filesystem::canonical(output_of(child_command("print_cwd"))),
              std::filesystem::canonical(std::filesystem::current_path()));
}

TEST(command_directory, can_be_another) {
    const scratch_directory scratch;
    const auto before = std::filesystem::current_path();
    const std::string printed = output_of(child_command("print_cwd").current_dir(utf8(scratch.path())));
    EXPECT_EQ(std::filesystem::canonical(printed), scratch.path());
    EXPECT_EQ(std::filesystem::current_path(), before);
}

TEST(command_directory, can_be_relative_to_ours) {
    const scratch_directory scratch;
    const auto inner = scratch.folder("inner");
    const in_directory moved(scratch.path());
    const std::string printed = output_of(child_command("print_cwd").current_dir("inner"));
    EXPECT_EQ(std::filesystem::canonical(printed), inner);
}

TEST(command_directory, can_have_a_name_beyond_ascii) {
    const scratch_directory scratch;
    const auto inner = scratch.path() / u8"\u00E4 \u6F22";
    std::filesystem::create_directory(inner);
    const std::string printed = output_of(child_command("print_cwd").current_dir(utf8(inner)));
    EXPECT_EQ(std::filesystem::path(std::u8string(printed.begin(), printed.end())).filename(), inner.filename());
}

TEST(command_directory, does_not_move_the_program_and_the_files_of_redirections) {
    const scratch_directory scratch;
    const auto inner = scratch.folder("inner");
    install("print_cwd", scratch.path(), "program");
    const in_directory moved(scratch.path());
    auto child = windpipe::command{"./program"}.current_dir("inner").out(windpipe::to_file{"output"}).spawn();
    ASSERT_OK(child);
    ASSERT_TRUE(exited_with(child->wait(), 0));
    EXPECT_EQ(std::filesystem::canonical(read_file(scratch / "output")), inner);
    EXPECT_FALSE(std::filesystem::exists(inner / "output"));
}

TEST(command_directory, that_is_missing_or_no_directory_is_an_error_of_this_step) {
    const scratch_directory scratch;
    const auto missing = child_command("print_cwd").current_dir(utf8(scratch / "missing")).spawn();
    EXPECT_TRUE(failed(missing, "current directory", std::errc::no_such_file_or_directory));
    write_file(scratch / "file", "");
    const auto file = child_command("print_cwd").current_dir(utf8(scratch / "file")).spawn();
    EXPECT_TRUE(failed(file, "current directory", std::errc::not_a_directory));
    EXPECT_TRUE(
        failed(child_command("print_cwd").current_dir("").spawn(), "current directory", std::errc::invalid_argument));
    EXPECT_TRUE(failed(child_command("print_cwd").current_dir("a\0b"sv).spawn(), "current directory",
                       std::errc::invalid_argument));
}

} // namespace

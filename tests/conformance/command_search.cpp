// Which program a name means.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace {

using namespace windpipe_test;
using namespace std::string_view_literals;
using windpipe::command;

constexpr auto missing = std::errc::no_such_file_or_directory;

std::string path_list(std::initializer_list<std::filesystem::path> directories) {
    std::string list;
    for (const auto& directory : directories) {
        list += (list.empty() ? "" : on_windows ? ";" : ":") + utf8(directory);
    }
    return list;
}

TEST(command_search, never_takes_a_program_of_the_same_name_in_the_current_directory) {
    const scratch_directory scratch;
    const auto elsewhere = scratch.folder("elsewhere");
    install("exit_with", scratch.path(), "windpipe_probe");
    const in_directory moved(scratch.path());
    EXPECT_TRUE(failed(command{"windpipe_probe", "0"}.spawn(), "find program", missing));
    EXPECT_TRUE(failed(command{"windpipe_probe", "0"}.env("PATH", utf8(elsewhere)).spawn(), "find program", missing));
    EXPECT_TRUE(failed(command{"windpipe_probe", "0"}.env_remove("PATH").spawn(), "find program", missing));
    EXPECT_TRUE(
        failed(command{"windpipe_probe", "0"}.current_dir(utf8(scratch.path())).spawn(), "find program", missing));
}

TEST(command_search, takes_the_current_directory_when_path_names_it) {
    const scratch_directory scratch;
    install("exit_with", scratch.path(), "windpipe_probe");
    const in_directory moved(scratch.path());
    EXPECT_EQ(output_of(command{"windpipe_probe", "0"}.env("PATH", ".")), "");
}

TEST(command_search, uses_the_path_the_child_will_have) {
    const scratch_directory scratch;
    install("exit_with", scratch.path(), "windpipe_probe");
    EXPECT_TRUE(failed(command{"windpipe_probe", "0"}.spawn(), "find program", missing)) << "our own PATH lacks it";
    EXPECT_EQ(output_of(command{"windpipe_probe", "0"}.env("PATH", utf8(scratch.path()))), "");
}

TEST(command_search, takes_the_first_of_several) {
    const scratch_directory scratch;
    const auto first = scratch.folder("first");
    const auto second = scratch.folder("second");
    install("print_args", first, "windpipe_probe");
    install("print_cwd", second, "windpipe_probe");
    const std::string both = path_list({scratch / "missing", first, second});
    EXPECT_EQ(parse_counted(output_of(command{"windpipe_probe", "x"}.env("PATH", both))).size(), 2U);
    const std::string reversed = path_list({second, first});
    EXPECT_EQ(std::filesystem::canonical(output_of(command{"windpipe_probe"}.env("PATH", reversed))),
              std::filesystem::canonical(std::filesystem::current_path()));
}

TEST(command_search, passes_over_a_directory_of_the_name) {
    const scratch_directory scratch;
    const auto first = scratch.folder("first");
    const auto second = scratch.folder("second");
    std::filesystem::create_directory(first / (on_windows ? "windpipe_probe.exe" : "windpipe_probe"));
    install("exit_with", second, "windpipe_probe");
    EXPECT_EQ(output_of(command{"windpipe_probe", "0"}.env("PATH", path_list({first, second}))), "");
}

TEST(command_search, takes_a_name_with_a_separator_as_a_path_from_our_directory) {
    const scratch_directory scratch;
    install("exit_with", scratch.folder("inner"), "windpipe_probe");
    const in_directory moved(scratch.path());
    EXPECT_EQ(output_of(command{"inner/windpipe_probe", "0"}), "");
    EXPECT_EQ(output_of(command{"./inner/windpipe_probe", "0"}.current_dir("inner")), "");
    EXPECT_TRUE(failed(command{"./windpipe_probe", "0"}.env("PATH", utf8(scratch / "inner")).spawn(), "exec", missing));
    EXPECT_TRUE(failed(command{"./windpipe_probe", "0"}.current_dir("inner").spawn(), "exec", missing));
}

TEST(command_search, finds_a_program_whose_path_is_beyond_ascii) {
    const scratch_directory scratch;
    const auto inner = scratch.path() / u8"\u00E4 \u6F22";
    std::filesystem::create_directory(inner);
    install("exit_with", inner, "windpipe_probe");
    EXPECT_EQ(output_of(command{"windpipe_probe", "0"}.env("PATH", utf8(inner))), "");
    EXPECT_EQ(output_of(command{utf8(inner / "windpipe_probe"), "0"}), "");
}

TEST(command_search, keeps_the_name_as_the_first_argument) {
    const scratch_directory scratch;
    install("print_args", scratch.path(), "windpipe_probe");
    const auto arguments = parse_counted(output_of(command{"windpipe_probe"}.env("PATH", utf8(scratch.path()))));
    ASSERT_EQ(arguments.size(), 1U);
    EXPECT_EQ(arguments.front(), "windpipe_probe");
}

TEST(command_search, refuses_names_that_cannot_be) {
    EXPECT_TRUE(failed(command{""}.spawn(), "find program", std::errc::invalid_argument));
    EXPECT_TRUE(failed(command{"a\0b"sv}.spawn(), "find program", std::errc::invalid_argument));
    EXPECT_TRUE(failed(command{"windpipe_there_is_no_such_program"}.spawn(), "find program", missing));
}

TEST(command_search, names_the_program_that_is_missing) {
    const auto child = command{"windpipe_there_is_no_such_program"}.spawn();
    ASSERT_FALSE(child);
    EXPECT_NE(child.error().message().find("windpipe_there_is_no_such_program"), std::string::npos)
        << child.error().message();
}

} // namespace

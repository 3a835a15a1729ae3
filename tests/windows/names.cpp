// names.cpp - programs, environments and error texts in the ways of Windows.
#include "support/children.hpp"
#include "support/result.hpp"

#include <windpipe/child.hpp>
#include <windpipe/run.hpp>

#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace windpipe_test {

namespace {

using windpipe::command;

/// A folder of our own, gone afterwards.
class folder {
public:
    folder() {
        path_ = std::filesystem::temp_directory_path() / ("windpipe-" + std::to_string(GetCurrentProcessId()));
        std::filesystem::create_directories(path_);
    }
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    [[nodiscard]] std::string text() const { return path_.string(); }
    void write(const std::string& name, const std::string& content) const { std::ofstream(path_ / name) << content; }
    void copy_child(const std::string& child, const std::string& name) const {
        std::filesystem::copy_file(child_program(child), path_ / name);
    }

private:
    std::filesystem::path path_;
};

TEST(names, exe_is_added_to_a_name_without_extension) {
    const folder here;
    here.copy_child("exit_with", "windpipe_probe.exe");
    const auto by_name = windpipe::run(command("windpipe_probe", "7").env("PATH", here.text()));
    ASSERT_OK(by_name);
    EXPECT_EQ(by_name->status, windpipe::exit_status::exited(7));
    const auto by_path = windpipe::run(command(here.text() + "/windpipe_probe", "8"));
    ASSERT_OK(by_path);
    EXPECT_EQ(by_path->status, windpipe::exit_status::exited(8));
}

TEST(names, the_current_directory_is_not_searched) {
    const folder here;
    here.copy_child("exit_with", "windpipe_probe.exe");
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(here.text());
    const auto outcome = windpipe::run(command("windpipe_probe", "7").env("PATH", ";;" + children_folder()));
    std::filesystem::current_path(before);
    ASSERT_FAILS(outcome, no_such_file_or_directory);
    EXPECT_EQ(outcome.error().operation, "find program");
}

TEST(names, batch_files_are_refused_however_they_are_written) {
    const folder here;
    here.write("batch.bat", "@exit 0\r\n");
    for (const std::string name : {"batch.bat", "batch.BAT", "batch.bat.", "batch.bat. .", "batch.cmd"}) {
        for (const std::string& program : {name, here.text() + "\\" + name}) {
            const auto child = command(program, "&calc").env("PATH", here.text()).spawn();
            ASSERT_FAILS(child, invalid_argument) << program;
            EXPECT_NE(child.error().context.find("batch file"), std::string::npos);
        }
    }
}

TEST(names, a_text_file_is_no_program_and_a_folder_neither) {
    const folder here;
    here.write("text.exe", "not a program\n");
    const auto text = command(here.text() + "\\text.exe").spawn();
    ASSERT_FAILS(text, executable_format_error);
    EXPECT_EQ(text.error().operation, "exec");
    EXPECT_FAILS(command(here.text() + "\\").spawn(), permission_denied);
}

TEST(names, a_command_line_that_is_too_long_is_refused_with_both_lengths) {
    const auto child = child_command("cat", std::string(32767, 'x')).spawn();
    ASSERT_FAILS(child, argument_list_too_long);
    EXPECT_EQ(child.error().operation, "arguments");
    EXPECT_NE(child.error().context.find("32766"), std::string::npos) << child.error().context;
    const std::string longest(32766 - child_program("print_args").size() - 3, 'x'); // quoted program, blank
    const auto taken = windpipe::run(child_command("print_args", longest));
    ASSERT_OK(taken);
    EXPECT_EQ(parse_counted(taken->out.text()).back(), longest);
}

TEST(names, the_directories_of_drives_pass_through_a_childs_environment) {
    SetEnvironmentVariableW(L"=Q:", L"Q:\\somewhere");
    const auto outcome = windpipe::run(child_command("print_env").env("WINDPIPE_B", "2").env("windpipe_a", "1"));
    SetEnvironmentVariableW(L"=Q:", nullptr);
    ASSERT_OK(outcome);
    const auto entries = parse_counted(outcome->out.text());
    EXPECT_NE(std::ranges::find(entries, std::string("=Q:=Q:\\somewhere")), entries.end());
    const auto a = std::ranges::find(entries, std::string("windpipe_a=1"));
    const auto b = std::ranges::find(entries, std::string("WINDPIPE_B=2"));
    ASSERT_NE(a, entries.end());
    ASSERT_NE(b, entries.end());
    EXPECT_LT(a, b); // sorted without regard to case
}

TEST(names, an_empty_environment_is_one) {
    const auto outcome = windpipe::run(child_command("exit_with", "0").env_clear());
    ASSERT_OK(outcome);
    EXPECT_TRUE(outcome->status.success());
}

TEST(names, an_error_keeps_the_systems_code_and_says_it_in_one_line) {
    const auto child = command("C:\\windpipe\\no\\such.exe").spawn();
    ASSERT_FAILS(child, no_such_file_or_directory);
    const std::error_code code = child.error().code;
    EXPECT_STREQ(code.category().name(), "windows");
    EXPECT_EQ(code.value(), ERROR_PATH_NOT_FOUND);
    EXPECT_EQ(code.message().find_first_of("\r\n"), std::string::npos);
    EXPECT_NE(code.message().back(), '.');
}

} // namespace

} // namespace windpipe_test

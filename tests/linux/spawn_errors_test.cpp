// Failed starts whose reasons only Linux knows: interpreters, permissions, limits.
#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>

namespace {

using namespace windpipe_test;
namespace fs = std::filesystem;
using windpipe::command;
using windpipe::piped;

constexpr const char* unused_user = "54321";

void make_executable(const fs::path& file) {
    fs::permissions(file, fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all);
}

command script(const scratch_directory& scratch, std::string_view text) {
    write_file(scratch / "script", text);
    make_executable(scratch / "script");
    return command{utf8(scratch / "script")};
}

TEST(spawn_errors, a_file_that_may_not_be_executed) {
    const scratch_directory scratch;
    write_file(scratch / "script", "#!/bin/sh\n");
    EXPECT_TRUE(failed(command{utf8(scratch / "script")}.spawn(), "exec", std::errc::permission_denied));
}

TEST(spawn_errors, a_missing_interpreter_is_told_from_a_missing_program) {
    const scratch_directory scratch;
    const auto child = script(scratch, "#!/windpipe/no/such/interpreter\n").spawn();
    EXPECT_TRUE(failed(child, "exec", std::errc::no_such_file_or_directory));
    EXPECT_NE(child.error().message().find("interpreter"), std::string::npos) << child.error().message();
}

TEST(spawn_errors, a_text_file_is_no_program_and_no_shell_is_asked) {
    const scratch_directory scratch;
    EXPECT_TRUE(failed(script(scratch, "echo hello\n").spawn(), "exec", std::errc::executable_format_error));
    EXPECT_TRUE(failed(script(scratch, "").spawn(), "exec", std::errc::executable_format_error));
}

TEST(spawn_errors, a_script_with_an_interpreter_starts) {
    const scratch_directory scratch;
    EXPECT_EQ(output_of(script(scratch, "#!/bin/sh\necho \"$1\"\n").arg("said")), "said\n");
}

TEST(spawn_errors, a_file_of_the_name_that_may_not_be_executed_is_passed_over) {
    const scratch_directory scratch;
    const fs::path first = scratch.folder("first");
    const fs::path second = scratch.folder("second");
    write_file(first / "windpipe_probe", "#!/bin/sh\n");
    const std::string path = utf8(first) + ":" + utf8(second);
    EXPECT_TRUE(
        failed(command{"windpipe_probe", "0"}.env("PATH", path).spawn(), "find program", std::errc::permission_denied))
        << "there is one, but it may not be executed";
    install("exit_with", second, "windpipe_probe");
    EXPECT_EQ(output_of(command{"windpipe_probe", "0"}.env("PATH", path)), "");
}

TEST(spawn_errors, an_empty_entry_of_path_is_not_the_current_directory) {
    const scratch_directory scratch;
    install("exit_with", scratch.path(), "windpipe_probe");
    const in_directory moved(scratch.path());
    for (const char* path : {"", ":", ":/nowhere", "/nowhere:", "/nowhere::/nowhere"}) {
        EXPECT_TRUE(failed(command{"windpipe_probe", "0"}.env("PATH", path).spawn(), "find program",
                           std::errc::no_such_file_or_directory))
            << "PATH=" << path;
    }
}

TEST(spawn_errors, one_argument_that_is_longer_than_the_kernel_takes) {
    const auto child = child_command("exit_with", std::string(131'072, 'x')).spawn(); // MAX_ARG_STRLEN
    EXPECT_TRUE(failed(child, "exec", std::errc::argument_list_too_long));
    EXPECT_NE(child.error().message().find("pipe"), std::string::npos) << "the remedy: " << child.error().message();
}

TEST(spawn_errors, an_environment_that_is_longer_than_the_kernel_takes) {
    const auto child = child_command("exit_with", "0").env("WINDPIPE_LONG", std::string(200'000, 'x')).spawn();
    EXPECT_TRUE(failed(child, "exec", std::errc::argument_list_too_long));
}

TEST(spawn_errors, a_directory_that_may_not_be_entered_and_a_file_that_may_not_be_read) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs to be root to become another user";
    }
    const scratch_directory scratch;
    make_executable(scratch.path());
    install("redirector", scratch.path(), "redirector");
    install("exit_with", scratch.path(), "exit_with");
    write_file(scratch / "secret", "x");
    fs::permissions(scratch / "secret", fs::perms::none);
    fs::permissions(scratch.folder("locked"), fs::perms::none);
    const auto starts = [&](const std::string& in, const std::string& directory) {
        const auto done = windpipe::run(child_command("as_user", unused_user, utf8(scratch / "redirector"), in, "null",
                                                      "null", utf8(scratch / "exit_with"), "0")
                                            .env("REDIRECTOR_DIRECTORY", directory)
                                            .current_dir(utf8(scratch.path())));
        EXPECT_OK(done);
        return done ? done->err.text() + done->status.text() : "";
    };
    EXPECT_EQ(starts("null", "."), "exited with 0");
    const std::string unreadable = starts("file:" + utf8(scratch / "secret"), ".");
    EXPECT_NE(unreadable.find("open stdin: Permission denied"), std::string::npos) << unreadable;
    EXPECT_NE(unreadable.find("secret"), std::string::npos) << unreadable;
    const std::string locked = starts("null", utf8(scratch / "locked"));
    EXPECT_NE(locked.find("current directory: Permission denied"), std::string::npos) << locked;
}

TEST(spawn_errors, a_number_that_no_descriptor_can_have) {
    for (const int number : {-1, -2, -3, -4, -5, -1000}) {
        auto what = child_command("two_voices", "", "").in(windpipe::null).out(windpipe::unique_handle(number));
        const auto child = what.spawn();
        ASSERT_FALSE(child) << number;
        EXPECT_EQ(child.error().operation, "open stdout") << number;
        EXPECT_TRUE(child.error().code == std::errc::bad_file_descriptor ||
                    (number == -1 && child.error().code == std::errc::invalid_argument))
            << child.error().message();
    }
}

TEST(spawn_errors, leave_no_process_and_no_descriptor) {
    const scratch_directory scratch;
    auto text_file = script(scratch, "echo hello\n").in(piped).out(piped).err(piped);
    const expect_nothing_leaked watch;
    for (int i = 0; i < 50; ++i) {
        EXPECT_FALSE(text_file.spawn());
        EXPECT_FALSE(child_command("exit_with", std::string(131'072, 'x')).in(piped).spawn());
        EXPECT_FALSE(child_command("exit_with").current_dir("/windpipe/no/such").out(piped).spawn());
    }
}

} // namespace

// From arguments to one Windows command line and back, on every system: the quoting is text alone.
#include "core/command_line.hpp"

#include "conformance/helpers/random_text.hpp"
#include "windows_parsers.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using words = std::vector<std::string>;

void expect_round_trip(const words& arguments) {
    const std::string line = windpipe::windows_command_line(arguments);
    ASSERT_EQ(windpipe_test::split_like_c_runtime(line), arguments) << line;
    ASSERT_EQ(windpipe_test::split_like_shell32(line), arguments) << line;
}

TEST(command_line, keeps_an_empty_argument_first_middle_and_last) {
    expect_round_trip({"p", "", "a", "", "b", ""});
    expect_round_trip({"p", ""});
    expect_round_trip({"p"});
    expect_round_trip({""});
}

TEST(command_line, keeps_backslashes_before_a_mark_and_at_the_end) {
    for (std::size_t count = 0; count < 6; ++count) {
        const std::string slashes(count, '\\');
        expect_round_trip({"p", slashes, "x"});
        expect_round_trip({"p", "a b" + slashes, "x"});
        expect_round_trip({"p", slashes + '"', "x"});
        expect_round_trip({"p", slashes + "\"a b\"" + slashes, "x"});
        expect_round_trip({"p" + slashes, "x"});
        expect_round_trip({"c:\\my dir" + slashes, "x"});
    }
}

TEST(command_line, keeps_an_argument_that_is_quoted_already) {
    expect_round_trip({"p", "\"quoted\"", "\"a b\"", "\"", "\"\"", "\"\"\""});
}

TEST(command_line, never_writes_two_marks_in_a_row_inside_quotes) {
    const std::string line = windpipe::windows_command_line(words{"p", "a\"\"b", "c\" \"d"});
    EXPECT_EQ(line.find("\"\""), std::string::npos) << line;
}

TEST(command_line, keeps_100000_random_arguments) {
    windpipe_test::random_text random(20240229);
    for (int left = 100'000; left > 0;) {
        words arguments{"program"};
        for (std::size_t count = 1 + random.below(9); count > 0; --count, --left) {
            arguments.push_back(random.next());
        }
        expect_round_trip(arguments);
        if (HasFatalFailure()) {
            return;
        }
    }
}

TEST(command_line, keeps_random_program_names_without_marks) {
    windpipe_test::random_text random(7);
    for (int i = 0; i < 10'000; ++i) {
        std::string program = random.next();
        std::erase(program, '"');
        expect_round_trip({program, "x", "y z"});
        if (HasFatalFailure()) {
            return;
        }
    }
}

TEST(batch_file, is_known_by_its_ending_in_any_case) {
    for (const char* name : {"a.bat", "a.cmd", "A.BAT", "a.CmD", ".bat", "dir\\a.bat", "dir/a.cmd", "a.exe.bat"}) {
        EXPECT_TRUE(windpipe::is_batch_file(name)) << name;
    }
}

TEST(batch_file, is_known_behind_trailing_dots_and_blanks) {
    for (const char* name : {"a.bat.", "a.bat ", "a.bat. .", "a.cmd...", "a.CMD  "}) {
        EXPECT_TRUE(windpipe::is_batch_file(name)) << name;
    }
}

TEST(batch_file, is_no_other_program) {
    for (const char* name :
         {"", ".", " ", "bat", "a.exe", "abat", "a.bat.exe", "a.batx", "cmd.exe", "a.bat\\b", "cmd"}) {
        EXPECT_FALSE(windpipe::is_batch_file(name)) << name;
    }
}

} // namespace

// Text that is not UTF-8: bytes like any others on Linux, refused on Windows, whose programs could not be given it.
#include "helpers/processes.hpp"
#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::command;

/// A lone high surrogate and a lone low one, as some programs encode what Windows allows in names; a stray byte; a
/// character that is cut off; one that is written too long.
const std::vector<std::string> not_utf8{"a\xED\xA0\x80",
                                        "\xED\xBF\xBF"
                                        "b",
                                        "\x80", "\xE2\x82", "\xC0\xAF"};

constexpr auto refused = std::errc::illegal_byte_sequence;

TEST(command_text, that_is_not_utf8_arrives_or_is_refused_as_an_argument) {
    for (const std::string& text : not_utf8) {
        auto what = child_command("print_args", "before", text);
        if (on_windows) {
            EXPECT_TRUE(failed(what.spawn(), "arguments", refused));
            EXPECT_TRUE(failed(child_command("print_args").argv0(text).spawn(), "arguments", refused));
        } else {
            const auto arrived = parse_counted(output_of(std::move(what)));
            ASSERT_EQ(arrived.size(), 3U);
            EXPECT_EQ(arrived[2], text);
        }
    }
}

TEST(command_text, that_is_not_utf8_arrives_or_is_refused_in_the_environment) {
    for (const std::string& text : not_utf8) {
        auto value = child_command("print_env").env_clear().env("WINDPIPE_TEXT", text);
        auto name = child_command("print_env").env_clear().env(text, "value");
        if (on_windows) {
            EXPECT_TRUE(failed(value.spawn(), "environment", refused));
            EXPECT_TRUE(failed(name.spawn(), "environment", refused));
        } else {
            EXPECT_EQ(parse_counted(output_of(std::move(value))), std::vector<std::string>{"WINDPIPE_TEXT=" + text});
            EXPECT_EQ(parse_counted(output_of(std::move(name))), std::vector<std::string>{text + "=value"});
        }
    }
}

TEST(command_text, that_is_not_utf8_names_nothing_or_is_refused_as_a_program_or_path) {
    const expect_nothing_leaked watch;
    const std::errc reason = on_windows ? refused : std::errc::no_such_file_or_directory;
    for (const std::string& text : not_utf8) {
        EXPECT_TRUE(failed(command{text}.spawn(), "find program", reason));
        EXPECT_TRUE(failed(child_command("cat").current_dir(text).spawn(), "current directory", reason));
        EXPECT_TRUE(failed(child_command("cat").in(windpipe::from_file{text}).spawn(), "open stdin", reason));
    }
}

TEST(command_text, with_a_quotation_mark_in_the_name_called_by_is_refused_where_it_cannot_be_passed) {
    const std::string name = "say \"x\"";
    auto what = child_command("print_args", "y").argv0(name);
    if (on_windows) {
        EXPECT_TRUE(failed(what.spawn(), "arguments", std::errc::invalid_argument));
    } else {
        EXPECT_EQ(parse_counted(output_of(std::move(what))), (std::vector<std::string>{name, "y"}));
    }
}

TEST(command_text, describes_the_command_for_people) {
    EXPECT_EQ(command{"ls"}.describe(), "ls");
    EXPECT_EQ((command{"git", "commit", "-m", "two words", ""}.describe()), "git commit -m 'two words' ''");
}

} // namespace

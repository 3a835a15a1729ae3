// How windpipe reads its command line.
#include "tool/tool.hpp"

#include <gtest/gtest.h>

using namespace windpipe_test;

namespace {

/// What print_args prints for these words, its own name not among them.
std::string counted(const words& arguments) {
    std::string text;
    for (const std::string& each : arguments) {
        text += std::to_string(each.size()) + ":" + each + "\n";
    }
    return text;
}

/// The arguments of a stage as it received them.
std::string received(words before, const words& arguments) {
    before.emplace_back("print_args");
    before.insert(before.end(), arguments.begin(), arguments.end());
    const outcome done = run_tool(before);
    EXPECT_EQ(done.code, 0U) << done.err;
    return done.out;
}

TEST(tool_words, every_argument_reaches_its_stage_unchanged) {
    const words arguments = {
        "",  "a b",  "\"quoted\"", "it's",       "back\\slash\\",        "\\\"",     "*",    "$HOME", "%PATH%",
        "|", ">out", "tab\there",  "line\nfeed", "\xC3\xA4\xE2\x82\xAC", "a\"b c\\", "^&<>", ""};
    EXPECT_EQ(received({"run"}, arguments), counted({"print_args"}) + counted(arguments));
}

TEST(tool_words, behind_the_first_word_of_a_stage_nothing_is_an_option_of_windpipe) {
    const words arguments = {"--help",        "-h", "--version", "--sep", "X",
                             "--table=never", "--", "-",         "-x",    "--no-such-option"};
    EXPECT_EQ(received({"run"}, arguments), counted({"print_args"}) + counted(arguments));
    EXPECT_EQ(received({"run", "--"}, arguments), counted({"print_args"}) + counted(arguments));
}

TEST(tool_words, behind_two_dashes_even_a_word_like_an_option_names_a_program) {
    const outcome done = run_tool({"run", "--", "--help"});
    EXPECT_EQ(done.code, 127U);
    EXPECT_NE(done.err.find("stage 1 (--help)"), std::string::npos) << done.err;
}

TEST(tool_words, options_of_later_stages_are_theirs) {
    const outcome done = run_tool({"run", "cat", "::", "print_args", "--sep", "cat", "--help"});
    EXPECT_EQ(done.code, 0U) << done.err;
    EXPECT_EQ(done.out, counted({"print_args", "--sep", "cat", "--help"}));
}

TEST(tool_words, the_separator_can_be_chosen) {
    const std::string expected = counted({"print_args", "::", "|"});
    for (const words& options : {words{"--sep", "THEN"}, words{"--sep=THEN"}, words{"--sep", "THEN", "--"}}) {
        words line = {"run", "--table=always"};
        line.insert(line.end(), options.begin(), options.end());
        line.insert(line.end(), {"print_args", "::", "|", "THEN", "cat"});
        const outcome done = run_tool(line);
        EXPECT_EQ(done.code, 0U) << done.err;
        EXPECT_EQ(done.out, expected);
        EXPECT_EQ(table_rows(done.err).size(), 2U) << done.err;
    }
}

TEST(tool_words, a_separator_may_look_like_an_option_or_a_list) {
    for (const char* const separator : {"--", "-", "[x]", "a b", "\xE2\x86\x92"}) {
        const outcome done = run_tool({"run", "--sep", separator, "print_args", "x", separator, "cat"});
        EXPECT_EQ(done.code, 0U) << separator << '\n' << done.err;
        EXPECT_EQ(done.out, counted({"print_args", "x"})) << separator;
    }
}

TEST(tool_words, a_separator_inside_a_word_separates_nothing) {
    EXPECT_EQ(received({"run"}, {"a::b", ":: ", ":"}), counted({"print_args", "a::b", ":: ", ":"}));
}

struct misuse {
    const char* name;
    words line;
    std::string message; ///< a part of the one line that is expected
};

/// For the names of the tests: GoogleTest would print the bytes, with addresses that differ each time.
void PrintTo(const misuse& what, std::ostream* out) { *out << what.name; }

class tool_misuse : public testing::TestWithParam<misuse> {};

TEST_P(tool_misuse, is_125_with_one_line_that_says_what_is_wrong) {
    const outcome done = run_tool(GetParam().line, "unread");
    EXPECT_EQ(done.code, 125U);
    EXPECT_EQ(done.out, "");
    EXPECT_TRUE(done.err.starts_with("windpipe: ")) << done.err;
    EXPECT_NE(done.err.find(GetParam().message), std::string::npos) << done.err;
    EXPECT_NE(done.err.find("; see 'windpipe "), std::string::npos) << done.err;
    EXPECT_EQ(count(done.err, "\n"), 1U) << done.err;
}

INSTANTIATE_TEST_SUITE_P(
    every, tool_misuse,
    testing::Values(misuse{"no_command", {}, "no command"}, misuse{"unknown_command", {"walk", "cat"}, "walk"},
                    misuse{"unknown_option", {"--no-such-option"}, "--no-such-option"},
                    misuse{"unknown_run_option", {"run", "--no-such-option", "cat"}, "--no-such-option"},
                    misuse{"no_stages", {"run"}, "no stages"},
                    misuse{"no_stages_behind_dashes", {"run", "--"}, "no stages"},
                    misuse{"leading_separator", {"run", "::", "cat"}, "stage 1 is empty: the first word"},
                    misuse{"trailing_separator", {"run", "cat", "::"}, "stage 2 is empty: the last word"},
                    misuse{"lone_separator", {"run", "::"}, "stage 1 is empty"},
                    misuse{"double_separator", {"run", "cat", "::", "::", "cat"}, "stage 2 is empty: two separators"},
                    misuse{"empty_program", {"run", "cat", "::", "", "x"}, "stage 2 has an empty program name"},
                    misuse{"separator_missing", {"run", "--sep"}, "--sep"},
                    misuse{"separator_empty", {"run", "--sep", "", "cat"}, "must not be empty"},
                    misuse{"separator_twice", {"run", "--sep", "a", "--sep", "b", "cat"}, "--sep"},
                    misuse{"size_unreadable", {"run", "--pipe-size", "big", "cat"}, "--pipe-size"},
                    misuse{"size_unit_unknown", {"run", "--pipe-size", "4X", "cat"}, "--pipe-size"},
                    misuse{"size_negative", {"run", "--pipe-size=-1", "cat"}, "--pipe-size"},
                    misuse{"size_overflow", {"run", "--pipe-size", "99999999999999999999", "cat"}, "--pipe-size"},
                    misuse{"stall_kill_alone", {"run", "--stall-kill", "cat"}, "--stall-kill"},
                    misuse{"table_when", {"run", "--table=sometimes", "cat"}, "--table"},
                    misuse{"status_rule", {"run", "--status=first", "cat"}, "--status"},
                    misuse{"help_topic", {"help", "walk"}, "walk"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(tool_help, goes_to_standard_output_and_succeeds) {
    const words asking[] = {{"--help"}, {"-h"}, {"help"}, {"run", "--help"}, {"run", "-h"}, {"help", "run"}};
    for (const words& line : asking) {
        const outcome done = run_tool(line);
        EXPECT_EQ(done.code, 0U) << done.err;
        EXPECT_NE(done.out.find("Usage: windpipe"), std::string::npos) << done.out;
        EXPECT_EQ(done.err, "");
        EXPECT_EQ(done.out.find('\r'), std::string::npos);
    }
    EXPECT_EQ(run_tool({"run", "--help"}).out, run_tool({"help", "run"}).out);
    EXPECT_NE(run_tool({"help", "run"}).out.find("--sep"), std::string::npos);
}

TEST(tool_help, version_is_one_line) {
    const outcome done = run_tool({"--version"});
    EXPECT_EQ(done.code, 0U);
    EXPECT_EQ(done.out, "windpipe " WINDPIPE_TEST_VERSION "\n");
    EXPECT_EQ(done.err, "");
}

} // namespace

// A pipeline as text: what it means, and where it is wrong.
#include "duration.hpp"
#include "grammar.hpp"

#include <gtest/gtest.h>

using namespace windpipe_tool;

namespace {

using kind = redirection::kind;

pipeline_plan plan_of(std::string_view text) {
    auto plan = parse_pipeline(text);
    if (!plan) {
        ADD_FAILURE() << text << ": " << plan.error().message << '\n' << show_place(text, plan.error().at);
        return {};
    }
    return std::move(*plan);
}

words words_of(std::string_view text) {
    const pipeline_plan plan = plan_of(text);
    EXPECT_EQ(plan.size(), 1U) << text;
    return plan.empty() ? words() : plan.front().line;
}

TEST(tool_grammar, words_are_what_blanks_separate) {
    EXPECT_EQ(words_of("a"), (words{"a"}));
    EXPECT_EQ(words_of("  a\tb  c-d=e,f:g@h%i^j+k.l/m "), (words{"a", "b", "c-d=e,f:g@h%i^j+k.l/m"}));
    EXPECT_EQ(words_of("xargs -I{} echo {}.txt }"), (words{"xargs", "-I{}", "echo", "{}.txt", "}"}));
    EXPECT_EQ(words_of("a ! x~y a=b 2 x2"), (words{"a", "!", "x~y", "a=b", "2", "x2"}));
    EXPECT_EQ(words_of("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC"), (words{"gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC"}));
}

TEST(tool_grammar, quotes_keep_what_is_in_them) {
    EXPECT_EQ(words_of("a '' \"\" 'b c'd\"e f\""), (words{"a", "", "", "b cde f"}));
    EXPECT_EQ(words_of(R"(a '$x `y` \n " * | > #' "it's | > * #")"),
              (words{"a", R"($x `y` \n " * | > #)", "it's | > * #"}));
    EXPECT_EQ(words_of(R"(a "\"\\\$\`\n\'")"), (words{"a", R"("\$`\n\')"}));
    EXPECT_EQ(words_of(R"(a 'C:\new\file' "C:\new")"), (words{"a", R"(C:\new\file)", R"(C:\new)"}));
    EXPECT_EQ(words_of("'a' 'line\nfeed'"), (words{"a", "line\nfeed"}));
    EXPECT_EQ(words_of(R"(a \| \> \  \" \\ \$x it\'s \#)"), (words{"a", "|", ">", " ", "\"", "\\", "$x", "it's", "#"}));
}

TEST(tool_grammar, stages_stand_between_bars) {
    const pipeline_plan plan = plan_of("a b|c | 'd|e'");
    ASSERT_EQ(plan.size(), 3U);
    EXPECT_EQ(plan[0].line, (words{"a", "b"}));
    EXPECT_EQ(plan[1].line, (words{"c"}));
    EXPECT_EQ(plan[2].line, (words{"d|e"}));
}

TEST(tool_grammar, a_line_may_end_in_front_of_or_behind_a_bar) {
    const pipeline_plan expected = plan_of("a | b | c");
    EXPECT_EQ(plan_of("a |\n b |\r\n\n c\n"), expected);
    EXPECT_EQ(plan_of("# what it does\n\na # first\n| b# \\\n  # again\n| c\n# end"), plan_of("a | b# | c"));
    EXPECT_EQ(plan_of("a \\\n| b | \\\nc"), expected);
}

TEST(tool_grammar, streams_go_where_it_says) {
    const pipeline_plan plan = plan_of("a <in 2>e1 x | b 2>&1 | 2>>e3 c y >'o u t'");
    ASSERT_EQ(plan.size(), 3U);
    EXPECT_EQ(plan[0].line, (words{"a", "x"}));
    EXPECT_EQ(plan[0].in, (redirection{kind::read, "in"}));
    EXPECT_EQ(plan[0].err, (redirection{kind::write, "e1"}));
    EXPECT_EQ(plan[1].err, (redirection{kind::to_output}));
    EXPECT_FALSE(plan[1].in || plan[1].out);
    EXPECT_EQ(plan[2].line, (words{"c", "y"}));
    EXPECT_EQ(plan[2].err, (redirection{kind::append, "e3"}));
    EXPECT_EQ(plan[2].out, (redirection{kind::write, "o u t"}));
    EXPECT_EQ(plan_of("a >f 2>&1")[0].err, (redirection{kind::to_output}));
    EXPECT_EQ(plan_of("a>>f")[0].out, (redirection{kind::append, "f"}));
    EXPECT_EQ(plan_of("a 2>f >g")[0].out, (redirection{kind::write, "g"}));
    EXPECT_EQ(plan_of("a2>f")[0].line, (words{"a2"})) << "the number is part of the word";
    EXPECT_EQ(plan_of("<f a >g")[0].line, (words{"a"}));
}

TEST(tool_grammar, two_errors_for_one_stream_in_one_stage) {
    EXPECT_EQ(parse_pipeline("a 2>e 2>&1").error().at, 6U);
    EXPECT_EQ(parse_pipeline("a | b 2>>e3 c y >o 2>&1").error().at, 19U);
}

struct mistake {
    std::string text;
    std::size_t at;
    std::string part; ///< of the message
};

const mistake mistakes[] = {
    {"", 0, "no program"},
    {" # only a comment", 0, "no program"},
    {"| a", 0, "no program in front"},
    {"a | | b", 4, "no program in front"},
    {"a | b |", 6, "no program behind"},
    {"> f", 0, "no program"},
    {"a | > f", 2, "no program behind"},
    {"a & b", 2, "'&'"},
    {"a&", 1, "'&'"},
    {"a && b", 2, "'&&'"},
    {"a || b", 2, "'||'"},
    {"a |& b", 2, "'2>&1 |'"},
    {"a; b", 1, "';'"},
    {"(a)", 0, "subshell"},
    {"a )", 2, "subshell"},
    {"a $x", 2, "variable"},
    {"a \"b $x\"", 5, "'$'"},
    {"a `b`", 2, "substitution"},
    {"a *.txt", 2, "wildcard"},
    {"a x?", 3, "wildcard"},
    {"a [x]", 2, "wildcard"},
    {"a ~/x", 2, "home folder"},
    {"a {b,c}", 2, "'{'"},
    {"! a", 0, "exit status"},
    {"A=1 a", 0, "variable"},
    {"a <<E", 2, "here-document"},
    {"a <<<x", 2, "here-string"},
    {"a <(b)", 2, "process substitution"},
    {"a >(b)", 2, "process substitution"},
    {"a <>f", 2, "'<>'"},
    {"a >|f", 2, "'>|'"},
    {"a &>f", 2, "'&>'"},
    {"a >&2", 2, "only '2>&1'"},
    {"a 1>f", 2, "by its number"},
    {"a 2>&3", 2, "by its number"},
    {"a 2>&12", 2, "by its number"},
    {"a 12>f", 2, "by its number"},
    {"a 0<f", 2, "by its number"},
    {"a >", 2, "name of the file"},
    {"a > | b", 2, "name of the file"},
    {"a > ''", 4, "name of the file"},
    {"a > f > g", 6, "an output already"},
    {"a < f < g", 6, "an input already"},
    {"a 2>f 2>g", 6, "an error output already"},
    {"a 2>&1 >f", 7, "behind the '>'"},
    {"a > f | b", 2, "only the last stage"},
    {"a | b < f", 6, "only the first stage"},
    {"a 'b", 2, "no end"},
    {"a \"b", 2, "no end"},
    {"a \\", 2, "backslash"},
    {R"(a C:\new)", 4, "path of Windows"},
    {"''", 0, "empty"},
    {"a\nb", 2, "second command"},
    {"a |\n b\n\n c", 9, "second command"},
    {std::string("a b\0c", 5), 3, "NUL"},
    {std::string("a 'b\0c'", 7), 4, "NUL"},
};

TEST(tool_grammar, everything_else_of_a_shell_is_an_error_with_its_place) {
    for (const mistake& each : mistakes) {
        const auto plan = parse_pipeline(each.text);
        ASSERT_FALSE(plan) << each.text;
        EXPECT_EQ(plan.error().at, each.at) << each.text << ": " << plan.error().message;
        EXPECT_NE(plan.error().message.find(each.part), std::string::npos) << each.text << ": " << plan.error().message;
    }
}

TEST(tool_grammar, a_place_is_shown_by_a_caret_below_its_character) {
    EXPECT_EQ(show_place("a & b", 2), "  a & b\n    ^\n");
    EXPECT_EQ(show_place("one\n\t\xC3\xA4\xC3\xB6 $x\nthree", 10), "   \xC3\xA4\xC3\xB6 $x\n      ^\n");
    EXPECT_EQ(show_place("a\x1B[0m", 9), "  a?[0m\n       ^\n");
    EXPECT_EQ(show_place(std::string(200, 'x') + '&' + std::string(200, 'y'), 200),
              "  " + std::string(60, 'x') + '&' + std::string(39, 'y') + "\n  " + std::string(60, ' ') + "^\n");
    EXPECT_EQ(name_place("one\n\t\xC3\xA4\xC3\xB6 $x", 10), "2:5");
    EXPECT_EQ(name_place("", 0), "1:1");
}

TEST(tool_duration, is_a_number_and_a_unit) {
    using namespace std::chrono_literals;
    EXPECT_EQ(parse_duration("10"), 10s);
    EXPECT_EQ(parse_duration("1.5"), 1500ms);
    EXPECT_EQ(parse_duration(".5s"), 500ms);
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("2m"), 2min);
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("1d"), 24h);
    for (const char* const text :
         {"", "0", "0s", "-1", "+1", "1x", "s", "1 s", "1e3", "inf", "nan", "1.2.3", "99999999d", "0.0001ms"}) {
        EXPECT_EQ(parse_duration(text), std::nullopt) << text;
    }
}

} // namespace

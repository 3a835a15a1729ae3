// The parsers that judge the quoting are judged first, by lines whose splitting is documented or was observed.
#include "windows_parsers.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using words = std::vector<std::string>;

struct line_case {
    const char* tail; // after "p "
    words by_c_runtime;
    words by_shell32;
};

std::vector<line_case> known_lines() {
    return {
        {R"(a b  c)", {"a", "b", "c"}, {"a", "b", "c"}},
        {R"("abc" d e)", {"abc", "d", "e"}, {"abc", "d", "e"}},
        {R"(a\\\b d"e f"g h)", {R"(a\\\b)", "de fg", "h"}, {R"(a\\\b)", "de fg", "h"}},
        {R"(a\\\"b c d)", {R"(a\"b)", "c", "d"}, {R"(a\"b)", "c", "d"}},
        {R"(a\\\\"b c" d e)", {R"(a\\b c)", "d", "e"}, {R"(a\\b c)", "d", "e"}},
        {R"("a""b" c)", {R"(a"b)", "c"}, {R"(a"b c)"}},
        {R"("a"""b c)", {R"(a"b)", "c"}, {R"(a"b c)"}},
        {R"(a""b)", {"ab"}, {"ab"}},
        {R"("""a""")", {R"("a")"}, {R"("a")"}},
        {R"("a"" b)", {R"(a" b)"}, {R"(a")", "b"}},
        {R"("a b"c" d)", {"a bc d"}, {"a bc d"}},
        {R"("unterminated a b)", {"unterminated a b"}, {"unterminated a b"}},
        {R"("c:\dir\\" z)", {R"(c:\dir\)", "z"}, {R"(c:\dir\)", "z"}},
        {R"("" x)", {"", "x"}, {"", "x"}},
    };
}

TEST(windows_parsers, split_known_lines_as_documented) {
    for (const line_case& known : known_lines()) {
        SCOPED_TRACE(known.tail);
        words c = known.by_c_runtime;
        words shell = known.by_shell32;
        c.insert(c.begin(), "p");
        shell.insert(shell.begin(), "p");
        EXPECT_EQ(windpipe_test::split_like_c_runtime(std::string("p ") + known.tail), c);
        EXPECT_EQ(windpipe_test::split_like_shell32(std::string("p ") + known.tail), shell);
    }
}

TEST(windows_parsers, take_the_program_up_to_its_closing_mark_with_plain_backslashes) {
    const words expected{R"(c:\my dir\)", "x"};
    EXPECT_EQ(windpipe_test::split_like_c_runtime(R"("c:\my dir\" x)"), expected);
    EXPECT_EQ(windpipe_test::split_like_shell32(R"("c:\my dir\" x)"), expected);
}

TEST(windows_parsers, shell32_sees_an_empty_program_before_leading_blanks) {
    EXPECT_EQ(windpipe_test::split_like_shell32(" lead"), (words{"", "lead"}));
}

} // namespace

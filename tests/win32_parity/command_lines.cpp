// Section 8: how a command line is split.
#include "rows.hpp"

#include <shellapi.h>

#include <vector>

namespace {

using namespace parity;

/// The arguments behind the program's name. Of single bytes.
std::vector<std::string> split(const std::string& tail) {
    const std::string line = "program " + tail;
    const std::wstring wide(line.begin(), line.end());
    int count = 0;
    LPWSTR* const words = CommandLineToArgvW(wide.c_str(), &count);
    std::vector<std::string> all;
    for (int i = 1; i < count; ++i) {
        std::string word;
        for (const WCHAR* at = words[i]; *at != L'\0'; ++at) {
            word += static_cast<char>(*at);
        }
        all.push_back(word);
    }
    LocalFree(words);
    return all;
}

TEST(win32_rows, row_8_1_a_mark_in_a_quotation_is_a_mark_twice_and_ends_it) {
    EXPECT_EQ(split(R"("a""b" c)"), (std::vector<std::string>{"a\"b c"}));
    EXPECT_EQ(split(R"("a"""b c)"), (std::vector<std::string>{"a\"b c"}));
    EXPECT_EQ(split(R"("a"" b)"), (std::vector<std::string>{"a\"", "b"}));
}

TEST(win32_rows, row_8_2_marks_toggle_quotation_anywhere) {
    EXPECT_EQ(split(R"(a""b)"), (std::vector<std::string>{"ab"}));
    EXPECT_EQ(split(R"("""a""")"), (std::vector<std::string>{"\"a\""}));
    EXPECT_EQ(split(R"("a b"c" d)"), (std::vector<std::string>{"a bc d"}));
    EXPECT_EQ(split(R"("unterminated a b)"), (std::vector<std::string>{"unterminated a b"}));
}

TEST(win32_rows, row_8_3_backslashes_count_before_a_mark_alone) {
    EXPECT_EQ(split(R"("c:\dir\\" z)"), (std::vector<std::string>{"c:\\dir\\", "z"}));
    EXPECT_EQ(split(R"(a\\b \" \\\" end\\)"), (std::vector<std::string>{"a\\\\b", "\"", "\\\"", "end\\\\"}));
}

TEST(win32_rows, row_8_4_a_line_that_begins_with_a_blank_has_no_name) {
    int count = 0;
    LPWSTR* const words = CommandLineToArgvW(L" lead", &count);
    ASSERT_EQ(count, 2);
    EXPECT_EQ(words[0][0], L'\0');
    EXPECT_EQ(words[1][0], L'l');
    LocalFree(words);
}

TEST(win32_rows, row_8_5_an_empty_line_is_the_path_of_the_program) {
    int count = 0;
    LPWSTR* const words = CommandLineToArgvW(L"", &count);
    ASSERT_EQ(count, 1);
    EXPECT_NE(words[0][0], L'\0');
    LocalFree(words);
}

} // namespace

#include "core/utf16.hpp"

#include "conformance/helpers/random_text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::string_view_literals;

TEST(utf16, turns_text_into_code_units) {
    const std::vector<std::pair<std::string_view, std::u16string_view>> pairs{
        {"", u""},
        {"plain", u"plain"},
        {"a\0b"sv, u"a\0b"sv},
        {"\x7F\xC2\x80\xDF\xBF", u"\u007F\u0080\u07FF"},
        {"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF", u"\u0800\uD7FF\uE000\uFFFF"},
        {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", u"\U00010000\U0010FFFF"},
    };
    for (const auto& [bytes, units] : pairs) {
        const auto converted = windpipe::to_utf16(bytes, "test");
        ASSERT_TRUE(converted) << converted.error().message();
        EXPECT_EQ(*converted, units);
        EXPECT_EQ(windpipe::to_utf8(units), bytes);
    }
}

TEST(utf16, refuses_what_is_not_utf8_and_tells_where) {
    const std::vector<std::string_view> bad{
        "\x80",             // continuation without a lead
        "\xC0\x80",         // overlong NUL
        "\xC1\xBF",         // overlong
        "\xE0\x9F\xBF",     // overlong in three
        "\xF0\x8F\xBF\xBF", // overlong in four
        "\xED\xA0\x80",     // lone high surrogate
        "\xED\xBF\xBF",     // lone low surrogate
        "\xF4\x90\x80\x80", // above U+10FFFF
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F\x98",
        "\xC3(",
        "\xE2\x28\xA1",
    };
    for (const std::string_view text : bad) {
        const auto converted = windpipe::to_utf16("ab" + std::string(text), "find program");
        ASSERT_FALSE(converted) << testing::PrintToString(std::string(text));
        EXPECT_EQ(converted.error().code, std::errc::illegal_byte_sequence);
        EXPECT_EQ(converted.error().operation, "find program");
        EXPECT_NE(converted.error().context.find("byte 2"), std::string::npos) << converted.error().context;
    }
}

TEST(utf16, refuses_a_surrogate_pair_written_as_two_characters) {
    EXPECT_FALSE(windpipe::to_utf16("\xED\xA0\xBD\xED\xB8\x80", "test"));
}

TEST(utf16, shows_lone_surrogates_as_replacement_characters) {
    const std::u16string_view lone{u"a\xD800"
                                   u"b\xDC00\xD83D"};
    EXPECT_EQ(windpipe::to_utf8(lone), "a\xEF\xBF\xBD"
                                       "b\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(utf16, brings_lone_surrogates_back_where_they_must_be_kept) {
    const std::u16string_view lone{u"a\xD800"
                                   u"b\xDC00\xD83D\xDE00\xD83D"};
    const std::string kept = windpipe::to_wtf8(lone);
    EXPECT_EQ(kept, "a\xED\xA0\x80"
                    "b\xED\xB0\x80\xF0\x9F\x98\x80\xED\xA0\xBD");
    const auto back = windpipe::from_wtf8(kept, "test");
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, lone);
    EXPECT_FALSE(windpipe::from_wtf8("\xFF", "test")) << "what is no encoding of anything stays refused";
}

TEST(utf16, brings_random_text_back) {
    windpipe_test::random_text random(16);
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = random.next();
        const auto units = windpipe::to_utf16(text, "test");
        ASSERT_TRUE(units) << testing::PrintToString(text);
        ASSERT_EQ(windpipe::to_utf8(*units), text);
    }
}

TEST(utf16, never_reads_outside_random_bytes) {
    windpipe_test::random_text random(17);
    int refused = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::vector<char> bytes(random.below(12)); // a vector, so that the sanitizer sees its exact end
        for (char& byte : bytes) {
            byte = static_cast<char>(random.below(256));
        }
        const std::string_view text(bytes.data(), bytes.size());
        if (const auto units = windpipe::to_utf16(text, "test")) {
            ASSERT_EQ(windpipe::to_utf8(*units), text);
        } else {
            ++refused;
        }
    }
    EXPECT_GT(refused, 10'000);
}

} // namespace

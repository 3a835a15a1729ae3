// The variable that lists the ends given to a child, and their numbers in arguments.
#include "core/given_ends.hpp"

#include "support/result.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::find_end;
using windpipe::given_end;

constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

std::vector<given_end> some_ends() {
    return {{.name = "jobs", .number = 3, .identity = {12, 4711}, .check = 0xabcdef},
            {.name = "job", .writes = true, .number = 0, .identity = {0, 0}, .check = 0xabcdef},
            {.name = "A.b_c-9", .writes = true, .number = largest, .identity = {largest, 1}, .check = 0xabcdef}};
}

TEST(given_ends, are_found_as_they_were_written) {
    const auto ends = some_ends();
    const std::string variable = encode_ends(ends);
    for (const given_end& end : ends) {
        const auto found = find_end(variable, end.name);
        ASSERT_OK(found);
        ASSERT_TRUE(*found) << end.name;
        EXPECT_EQ((*found)->name, end.name);
        EXPECT_EQ((*found)->writes, end.writes);
        EXPECT_EQ((*found)->number, end.number);
        EXPECT_EQ((*found)->identity, end.identity);
        EXPECT_EQ((*found)->check, end.check);
    }
}

TEST(given_ends, that_are_not_listed_are_not_found) {
    const std::string variable = encode_ends(some_ends());
    for (const char* name : {"", "jobs2", "Jobs", "pr", "3", "jobs,pr"}) {
        const auto found = find_end(variable, name);
        ASSERT_OK(found);
        EXPECT_FALSE(*found) << name;
    }
    EXPECT_FALSE(*find_end("", "jobs"));
    EXPECT_FALSE(*find_end(";;", "jobs"));
}

TEST(given_ends, that_were_changed_in_any_character_are_refused) {
    const std::string variable = encode_ends(std::vector{some_ends().front()});
    for (std::size_t i = std::string("jobs,").size(); i < variable.size(); ++i) {
        for (const char other : std::string("0123456789abcdefpwr,-+ XY")) {
            std::string forged = variable;
            forged[i] = other;
            if (forged != variable) {
                EXPECT_TRUE(fails_with(find_end(forged, "jobs"), std::errc::bad_message)) << forged;
            }
        }
    }
}

TEST(given_ends, that_were_renamed_are_refused) {
    std::string variable = encode_ends(std::vector{some_ends().front()});
    variable.replace(0, 4, "rows");
    EXPECT_TRUE(fails_with(find_end(variable, "rows"), std::errc::bad_message));
}

TEST(given_ends, that_were_cut_off_or_made_longer_are_refused) {
    const std::string variable = encode_ends(std::vector{some_ends().front()});
    for (std::size_t size = 4; size < variable.size(); ++size) {
        EXPECT_TRUE(fails_with(find_end(variable.substr(0, size), "jobs"), std::errc::bad_message)) << size;
    }
    for (const char* more : {",", ",0", "0", " "}) {
        EXPECT_TRUE(fails_with(find_end(variable + more, "jobs"), std::errc::bad_message)) << more;
    }
}

TEST(given_ends, leave_the_others_when_one_is_taken_out) {
    const std::string variable = encode_ends(some_ends());
    const std::string without = windpipe::without_end(variable, "job");
    EXPECT_FALSE(*find_end(without, "job"));
    EXPECT_TRUE(*find_end(without, "jobs"));
    EXPECT_TRUE(*find_end(without, "A.b_c-9"));
    EXPECT_EQ(windpipe::without_end(variable, "other"), variable);
    EXPECT_EQ(windpipe::without_end(windpipe::without_end(without, "A.b_c-9"), "jobs"), "");
}

TEST(given_ends, have_names_of_letters_digits_and_three_marks) {
    for (const std::string name : {"a", "Z9", "_", "-", ".", "jobs.in", "01"}) {
        EXPECT_TRUE(windpipe::is_end_name(name)) << name;
    }
    EXPECT_TRUE(windpipe::is_end_name(std::string(64, 'x')));
    for (const std::string name : {"", " ", "a b", "a,b", "a;b", "a=b", "{a}", "\xC3\xA4", "a\n"}) {
        EXPECT_FALSE(windpipe::is_end_name(name)) << name;
    }
    EXPECT_FALSE(windpipe::is_end_name(std::string(65, 'x')));
    EXPECT_FALSE(windpipe::is_end_name(std::string_view("a\0b", 3)));
}

TEST(given_ends, have_their_numbers_written_into_arguments) {
    const auto ends = some_ends();
    const auto fill = [&](const char* text) { return windpipe::with_numbers(text, ends).value_or("refused"); };
    EXPECT_EQ(fill("{jobs}"), "3");
    EXPECT_EQ(fill("--fd={jobs},{job}"), "--fd=3,0");
    EXPECT_EQ(fill("{A.b_c-9}{jobs}"), "184467440737095516153");
    EXPECT_EQ(fill(""), "");
    EXPECT_EQ(fill("nothing"), "nothing");
    EXPECT_EQ(fill("{{jobs}}"), "{jobs}");
    EXPECT_EQ(fill("{{{jobs}}}"), "{3}");
}

TEST(given_ends, that_an_argument_names_wrongly_are_refused) {
    const auto ends = some_ends();
    for (const char* text : {"{", "}", "{jobs", "jobs}", "{}", "{other}", "{jobs}}", "{{jobs}", "{ jobs}", "{Jobs}"}) {
        const auto filled = windpipe::with_numbers(text, ends);
        EXPECT_TRUE(fails_with(filled, std::errc::invalid_argument)) << text;
    }
}

} // namespace

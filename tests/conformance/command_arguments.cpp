// Arguments and the name a program was called by arrive byte for byte.
#include "helpers/processes.hpp"
#include "helpers/random_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace windpipe_test;
using namespace std::string_view_literals;
using words = std::vector<std::string>;

/// What print_args got, without argv[0].
words received(const words& arguments) {
    words all = parse_counted(output_of(windpipe::command(child_program("print_args"), arguments)));
    EXPECT_FALSE(all.empty());
    all.erase(all.begin());
    return all;
}

TEST(command_arguments, empty_ones_arrive_first_middle_and_last) {
    const words arguments{"", "a", "", "b", ""};
    EXPECT_EQ(received(arguments), arguments);
    EXPECT_EQ(received({""}), words{""});
    EXPECT_EQ(received({}), words{});
}

TEST(command_arguments, special_characters_arrive_unchanged) {
    const words arguments{"a b",
                          "\"",
                          "\\",
                          "a\\",
                          "a b\\",
                          "\\\"",
                          "'",
                          "\"quoted\"",
                          "*",
                          "?",
                          "%PATH%",
                          "$HOME",
                          "a\nb",
                          "\t",
                          "\r",
                          "a&b|c",
                          "^",
                          "--crt=no",
                          "\xC3\xA4\xE6\xBC\xA2",
                          "\xF0\x9F\x98\x80",
                          "\x01\x1F\x7F"};
    EXPECT_EQ(received(arguments), arguments);
}

TEST(command_arguments, are_added_one_by_one_or_together) {
    auto what = child_command("print_args", "a").arg("b").args({"c", "d"}).arg("");
    what.arg("e").args({});
    words all = parse_counted(output_of(std::move(what)));
    ASSERT_EQ(all.size(), 7U);
    all.erase(all.begin());
    EXPECT_EQ(all, (words{"a", "b", "c", "d", "", "e"}));
}

TEST(command_arguments, the_first_is_the_program_as_it_was_written) {
    EXPECT_EQ(parse_counted(output_of(child_command("print_args"))), words{child_program("print_args")});
}

TEST(command_arguments, the_name_called_by_can_be_another) {
    for (const std::string name : {"-login", "", "two words", "\xC3\xA4", "a\\"}) {
        EXPECT_EQ(parse_counted(output_of(child_command("print_args", "x").argv0(name))), (words{name, "x"}));
    }
}

TEST(command_arguments, many_arrive) {
    words arguments;
    for (int i = 0; i < 3000; ++i) {
        arguments.push_back(std::to_string(i));
    }
    EXPECT_EQ(received(arguments), arguments);
}

TEST(command_arguments, a_long_one_arrives) {
    const words arguments{std::string(20'000, 'x')};
    EXPECT_EQ(received(arguments), arguments);
}

TEST(command_arguments, more_than_the_system_takes_are_refused) {
    const auto one = child_command("print_args", std::string(4 << 20, 'x')).spawn();
    ASSERT_FALSE(one);
    EXPECT_EQ(one.error().code, std::errc::argument_list_too_long) << one.error().message();
    EXPECT_FALSE(one.error().operation.empty());
    const auto many = child_command("print_args").args(words(200'000, std::string(100, 'x'))).spawn();
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code, std::errc::argument_list_too_long) << many.error().message();
}

TEST(command_arguments, a_nul_byte_is_refused) {
    EXPECT_TRUE(failed(child_command("print_args", "a\0b"sv).spawn(), "arguments", std::errc::invalid_argument));
    EXPECT_TRUE(failed(child_command("print_args", "a", "\0"sv).spawn(), "arguments", std::errc::invalid_argument));
    EXPECT_TRUE(failed(child_command("print_args").argv0("a\0"sv).spawn(), "arguments", std::errc::invalid_argument));
}

/// 100,000 in batches: a Windows command line holds 32767 characters, each argument perhaps twice as long as itself.
TEST(command_arguments, random_ones_arrive) {
    random_text random(20240301);
    std::size_t left = 100'000;
    while (left > 0 && !HasFailure()) {
        words arguments;
        for (std::size_t room = on_windows ? 30'000 : 500'000; room > 0 && left > 0; --left) {
            std::string next = random.next();
            const std::size_t quoted = 2 * next.size() + 3;
            if (quoted > room) {
                break;
            }
            room -= quoted;
            arguments.push_back(std::move(next));
        }
        const words arrived = received(arguments);
        ASSERT_EQ(arrived.size(), arguments.size());
        const auto [sent, got] = std::ranges::mismatch(arguments, arrived);
        ASSERT_TRUE(sent == arguments.end())
            << testing::PrintToString(*sent) << " became " << testing::PrintToString(*got);
    }
    EXPECT_EQ(left, 0U);
}

TEST(command_arguments, random_names_called_by_arrive) {
    random_text random(5);
    for (int i = 0; i < (on_windows ? 20 : 200) && !HasFailure(); ++i) {
        std::string name = random.next();
        std::erase(name, '"'); // no Windows command line can hold one there
        EXPECT_EQ(parse_counted(output_of(child_command("print_args", "x y", "").argv0(name))),
                  (words{name, "x y", ""}));
    }
}

} // namespace

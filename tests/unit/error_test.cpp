#include <windpipe/error.hpp>

#include <gtest/gtest.h>

#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using windpipe::error;
using windpipe::result;

error with_code(std::errc code, std::string context = {}) {
    return {std::make_error_code(code), "open stdout", std::move(context)};
}

bool says(const error& cause, std::string_view text) { return cause.message().find(text) != std::string::npos; }

TEST(error_message, says_step_and_reason) {
    const error cause = with_code(std::errc::permission_denied);
    EXPECT_TRUE(says(cause, "open stdout")) << cause.message();
    EXPECT_TRUE(says(cause, std::make_error_code(std::errc::permission_denied).message())) << cause.message();
}

TEST(error_message, says_with_what_it_failed) {
    EXPECT_TRUE(says(with_code(std::errc::permission_denied, "/var/log/x"), "/var/log/x"));
}

TEST(error_message, says_what_to_do_where_that_is_known) {
    for (const std::errc code : {std::errc::too_many_files_open, std::errc::argument_list_too_long}) {
        const std::string plain = "open stdout: " + std::make_error_code(code).message();
        EXPECT_GT(with_code(code).message().size(), plain.size() + 10) << with_code(code).message();
    }
}

TEST(error_message, is_one_line) {
    for (const std::errc code : {std::errc::too_many_files_open, std::errc::argument_list_too_long,
                                 std::errc::permission_denied, std::errc::broken_pipe, std::errc::timed_out}) {
        EXPECT_EQ(with_code(code, "context").message().find('\n'), std::string::npos);
    }
}

TEST(or_throw, gives_the_value_of_a_success) {
    EXPECT_EQ(windpipe::or_throw(result<int>(5)), 5);
    EXPECT_EQ(windpipe::or_throw(result<std::string>("text")), "text");
    windpipe::or_throw(result<void>());
    static_assert(std::is_same_v<decltype(windpipe::or_throw(result<int>(5))), int>);
}

TEST(or_throw, throws_a_system_error_with_the_code_and_the_whole_message) {
    const error cause = with_code(std::errc::no_such_file_or_directory, "a/b");
    try {
        windpipe::or_throw(result<int>(std::unexpected(cause)));
        FAIL() << "it returned";
    } catch (const std::system_error& thrown) {
        EXPECT_EQ(thrown.code(), cause.code);
        EXPECT_NE(std::string(thrown.what()).find(cause.message()), std::string::npos) << thrown.what();
    }
}

TEST(or_throw, keeps_how_far_it_got) {
    error cause = with_code(std::errc::broken_pipe);
    cause.transferred = 7;
    try {
        windpipe::or_throw(result<void>(std::unexpected(cause)));
        FAIL() << "it returned";
    } catch (const windpipe::failure& thrown) {
        EXPECT_EQ(thrown.cause().transferred, 7U);
        EXPECT_EQ(thrown.cause().operation, "open stdout");
    }
}

} // namespace

// result.hpp - GoogleTest's words for windpipe::result.
#pragma once

#include <windpipe/error.hpp>

#include <gtest/gtest.h>

#include <ostream>
#include <system_error>

namespace windpipe {

/// GoogleTest prints an error as a person would read it.
inline void PrintTo(const error& cause, std::ostream* stream) {
    *stream << cause.message() << " [" << cause.operation << ", " << cause.code << ", " << cause.transferred
            << " bytes transferred]";
}

} // namespace windpipe

namespace windpipe_test {

template <class T>
testing::AssertionResult is_ok(const windpipe::result<T>& outcome) {
    if (outcome) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure() << testing::PrintToString(outcome.error());
}

/// That a call failed with this condition, and that the error names its step.
template <class T>
testing::AssertionResult fails_with(const windpipe::result<T>& outcome, std::errc expected) {
    const std::string wanted = std::make_error_code(expected).message();
    if (outcome) {
        return testing::AssertionFailure() << "it succeeded; expected: " << wanted;
    }
    if (outcome.error().code != expected) {
        return testing::AssertionFailure() << testing::PrintToString(outcome.error()) << "; expected: " << wanted;
    }
    if (outcome.error().operation.empty() || outcome.error().message().empty()) {
        return testing::AssertionFailure() << "the error names no step or has no message";
    }
    return testing::AssertionSuccess();
}

} // namespace windpipe_test

#define EXPECT_OK(expression) EXPECT_TRUE(::windpipe_test::is_ok(expression))
#define ASSERT_OK(expression) ASSERT_TRUE(::windpipe_test::is_ok(expression))

/// EXPECT_FAILS(reader.read_some(buffer), timed_out)
#define EXPECT_FAILS(expression, condition) EXPECT_TRUE(::windpipe_test::fails_with(expression, ::std::errc::condition))
#define ASSERT_FAILS(expression, condition) ASSERT_TRUE(::windpipe_test::fails_with(expression, ::std::errc::condition))

/// That it succeeded with this value.
#define EXPECT_VALUE(expression, value)                                                                                \
    do {                                                                                                               \
        const auto& windpipe_outcome = (expression);                                                                   \
        EXPECT_OK(windpipe_outcome);                                                                                   \
        if (windpipe_outcome) {                                                                                        \
            EXPECT_EQ(*windpipe_outcome, value);                                                                       \
        }                                                                                                              \
    } while (false)

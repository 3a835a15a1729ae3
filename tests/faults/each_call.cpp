#include "each_call.hpp"

#include "codes.hpp"
#include "support/accounts.hpp"
#include "support/lost_process.hpp"
#include "support/watchdog.hpp"

#include <windpipe/pipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_test::faults {

namespace {

constexpr std::size_t far_too_many = 2000;

/// Again where a process was lost, which a slow machine does several times in a row.
std::optional<windpipe::error> failure_of(const operation& tried, const std::function<void()>& arrange) {
    constexpr int most_losses = 5;
    for (int losses = 0;; ++losses) {
        arrange();
        try {
            tried();
            return std::nullopt;
        } catch (const windpipe::failure& thrown) {
            if (losses == most_losses || !is_lost_process(thrown.cause())) {
                return thrown.cause();
            }
        }
    }
}

void expect_success(const operation& tried) {
    const auto failed = failure_of(tried, none);
    EXPECT_FALSE(failed) << "it fails without a failing call: " << failed->message();
}

struct attempt {
    std::optional<windpipe::error> failed;
    bool injected = false;
    std::string call;
};

/// A failure may have taken from this thread what it keeps; it is made again before anything is counted.
void make_again_what_a_thread_keeps() {
    auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    std::array<std::byte, 1> byte{};
    windpipe::or_throw(writer.write(byte));
    windpipe::or_throw(reader.peek(byte));
}

attempt attempt_with(const operation& tried, const std::function<void()>& arrange, std::size_t n,
                     const operation& next) {
    make_again_what_a_thread_keeps();
    const expect_nothing_leaked watch;
    attempt made;
    made.failed = failure_of(tried, arrange);
    made.injected = injected() > 0;
    made.call = name_of_call(n);
    none();
    if (next) {
        expect_success(next);
    }
    return made;
}

void expect_clear(const windpipe::error& failure) {
    EXPECT_FALSE(failure.operation.empty()) << "it names no step: " << failure.message();
    EXPECT_TRUE(failure.code) << "it has no code: " << failure.message();
    EXPECT_NE(failure.message(), "") << "it has no message";
    EXPECT_NE(failure.code, std::errc::interrupted) << failure.message();
}

/// Makes what the library makes once and keeps.
void warm_up(const operation& tried) {
    expect_success(tried);
    EXPECT_GT(calls(), 0U) << "the operation made no call at all: is the faulty library linked?";
}

} // namespace

void fail_each_call(const operation& tried, int code, const operation& next) {
    warm_up(tried);
    expect_success(tried);
    const std::vector<std::string> usual = names();
    for (std::size_t n = 1; !testing::Test::HasFailure(); ++n) {
        ASSERT_LT(n, far_too_many);
        const std::string name = n <= usual.size() ? usual[n - 1] : "one that is not usual";
        const std::string here = "call " + std::to_string(n) + ", " + name + ", fails";
        const waiting_for where(here);
        SCOPED_TRACE(here);
        const auto arrange = [&] { fail_nth(n, code); };
        const attempt made = attempt_with(tried, arrange, n, next);
        if (made.failed) {
            EXPECT_TRUE(made.injected) << "it failed on its own: " << made.failed->message();
            expect_clear(*made.failed);
        }
        if (made.call == "none") {
            ASSERT_FALSE(made.failed) << made.failed->message();
            break;
        }
    }
}

void interrupt_each_call(const operation& tried) {
    warm_up(tried);
    std::size_t interrupted = 0;
    for (std::size_t n = 1; n < far_too_many; ++n) {
        expect_success(tried); // to learn the name of the n-th call
        const std::string call = name_of_call(n);
        if (call == "none") {
            break;
        }
        if (!can_be_interrupted(call)) {
            continue;
        }
        const std::string here = "call " + std::to_string(n) + ", " + call + ", is interrupted three times";
        const waiting_for where(here);
        SCOPED_TRACE(here);
        // By name: an operation that looks again for a moment makes now more calls, now fewer.
        const auto arrange = [&] { fail_nth(n, interruption_code(), 3, can_be_interrupted); };
        const attempt made = attempt_with(tried, arrange, n, {});
        ASSERT_FALSE(made.failed) << made.failed->message();
        interrupted += made.injected ? 1 : 0;
    }
    EXPECT_GT(interrupted, 0U) << "nothing in this operation could be interrupted";
}

} // namespace windpipe_test::faults

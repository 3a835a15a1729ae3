// Asking for a deadlock changes nothing for writes that get on, and a deadlock ends by a deadline at the latest.
#include "helpers/processes.hpp"

#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::piped;

constexpr std::size_t much = std::size_t{1} << 20U;

TEST(pipe_deadlock, that_is_asked_for_lets_every_byte_pass) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    const std::string text = pattern_text(much);
    std::jthread feeder([&] {
        EXPECT_OK(child->in.write(text));
        child->in.close();
    });
    EXPECT_TRUE(rest_of(child->out) == text);
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(pipe_deadlock, with_a_child_that_waits_for_us_ends_by_a_deadline_at_the_latest) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    const auto written = child->in.write(pattern_text(much), {.until = on_windows ? 500ms : 1h});
    ASSERT_FALSE(written);
    EXPECT_TRUE(written.error().code == std::errc::resource_deadlock_would_occur ||
                (on_windows && written.error().code == std::errc::timed_out))
        << written.error().message();
}

TEST(pipe_deadlock, of_an_end_that_is_closed_can_be_asked_for) {
    windpipe::pipe_writer none;
    none.detect_deadlock();
    EXPECT_FAILS(none.write("x"), bad_file_descriptor);
}

} // namespace

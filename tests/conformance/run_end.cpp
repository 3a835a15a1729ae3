// When run() is done: by its end policy, never by the grace of a stranger; at its deadline; when it is called off.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"
#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::end_policy;
using windpipe::ended_by;
using windpipe::run;

/// A child that exits and leaves a grandchild behind, which holds the outputs until `release` is closed or destroyed.
struct holder {
    holder() {
        auto ends = windpipe::or_throw(windpipe::make_pipe());
        release = std::move(ends.writer);
        what = child_command("leave_holder").in(std::move(ends.reader));
    }
    windpipe::pipe_writer release;
    windpipe::command what{""};
};

TEST(run_end, by_default_does_not_wait_for_a_stranger) {
    holder held;
    const auto done = run(held.what);
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::drained);
    EXPECT_TRUE(done->writers_alive);
    EXPECT_TRUE(done->success()) << done->status.text();
    EXPECT_TRUE(done->out.text().ends_with('\n')) << "what the child wrote is there: " << done->out.text();
}

TEST(run_end, takes_all_that_the_child_wrote_although_a_stranger_holds_the_pipe) {
    auto held = windpipe::make_pipe(); // the stranger waits for its end
    ASSERT_OK(held);
    const auto done = run(windpipe::command(child_program("leave_running"), "--write", "1000000", child_program("cat"))
                              .in(std::move(held->reader)));
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::drained);
    EXPECT_TRUE(done->writers_alive);
    EXPECT_TRUE(done->out.head == pattern_text(1'000'000)) << done->out.total() << " bytes";
}

TEST(run_end, by_end_of_stream_waits_for_every_writer) {
    holder held;
    std::jthread releaser;
    const auto done = [&] {
        releaser = std::jthread([&] { held.release.close(); });
        return run(held.what, {.end = end_policy::end_of_stream()});
    }();
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_FALSE(done->writers_alive);
    EXPECT_TRUE(done->success());
}

TEST(run_end, by_end_of_stream_takes_what_a_descendant_writes_after_the_child_has_exited) {
    const std::string text = pattern_text(3 << 20);
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    std::jthread feeder([&] {
        EXPECT_OK(ends->writer.write(text));
        ends->writer.close();
    });
    const auto done =
        run(windpipe::command(child_program("leave_running"), child_program("cat")).in(std::move(ends->reader)),
            {.end = end_policy::end_of_stream()});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_TRUE(done->out.head == text);
}

TEST(run_end, by_end_of_stream_still_heeds_its_deadline) {
    holder held;
    const auto done = run(held.what, {.end = end_policy::end_of_stream(), .limit = {.until = 100ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_FALSE(done->success());
}

TEST(run_end, by_quiet_waits_its_time_and_no_longer) {
    holder held;
    const auto before = std::chrono::steady_clock::now();
    const auto done = run(held.what, {.end = end_policy::quiet(50ms)});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::quiet);
    EXPECT_GE(std::chrono::steady_clock::now() - before, 50ms);
    EXPECT_TRUE(done->writers_alive);
    EXPECT_TRUE(done->success());
}

TEST(run_end, by_quiet_ends_at_once_when_nobody_holds_the_pipes) {
    const auto done = run(child_command("two_voices", "o", "e"), {.end = end_policy::quiet(1h)});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_EQ(done->out.text(), "o");
}

TEST(run_end, is_by_end_of_stream_when_all_is_over) {
    const auto done = run(child_command("two_voices", "o", "e"));
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_FALSE(done->writers_alive);
}

TEST(run_end, waits_for_a_child_that_closed_its_outputs_early) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    const auto done = run(child_command("close_stdout_early").in(std::move(ends->reader)),
                          {.end = end_policy::end_of_stream(), .limit = {.until = 2s}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out) << "its input is still open, so it lives";
    EXPECT_EQ(done->out.text(), "before\n");
    EXPECT_EQ(done->err.text(), "closed\n");
}

/// A grandchild that writes for ever, or to the end of a pipe nobody reads any more.
windpipe::command flooder() {
    return windpipe::command(child_program("leave_running"), child_program("flood"), "4000000000000", "0", "65536");
}

TEST(run_end, does_not_take_the_flood_of_a_stranger_for_ever) {
    const auto done = run(flooder(), {.out = {.head = 10}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::drained);
    EXPECT_TRUE(done->writers_alive);
}

TEST(run_end, heeds_its_deadline_in_a_flood) {
    const auto done =
        run(flooder(), {.out = {.head = 10}, .end = end_policy::end_of_stream(), .limit = {.until = 200ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
}

// ---- deadline and stop

TEST(run_limit, kills_the_child_at_its_deadline_and_keeps_what_was_captured) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    const auto done =
        run(child_command("ignore_term").in(std::move(ends->reader)), {.limit = {.until = on_windows ? 2s : 300ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_EQ(done->status, windpipe::exit_status::signalled(9)) << done->status.text();
    EXPECT_EQ(done->out.text(), "ready\n");
    EXPECT_FALSE(done->success());
}

TEST(run_limit, kills_the_tree_at_its_deadline) {
    auto release = windpipe::make_pipe();
    ASSERT_OK(release);
    auto watch = windpipe::make_pipe();
    ASSERT_OK(watch);
    const auto done =
        run(child_command("leave_holder", "stay", "dead").in(std::move(release->reader)).err(std::move(watch->writer)),
            {.limit = {.until = on_windows ? 2s : 300ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_EQ(rest_of(watch->reader), "") << "nobody is left to hold the write end";
}

TEST(run_limit, kills_a_child_that_floods) {
    const auto done = run(child_command("flood", "4000000000000", "4000000000000"),
                          {.out = {.head = 1000}, .err = {.head = 1000}, .limit = {.until = 200ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_EQ(done->status, windpipe::exit_status::signalled(9)) << done->status.text();
}

TEST(run_limit, kills_a_child_that_does_not_read_its_input) {
    const auto done = run(child_command("sleep_forever"), {.input = pattern_text(1 << 20), .limit = {.until = 100ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_LT(done->input_written, 1U << 20U);
}

TEST(run_limit, that_has_passed_already_still_reaps_the_child) {
    const expect_nothing_leaked watch;
    const auto done = run(child_command("sleep_forever"), {.limit = {.until = 0s}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_EQ(done->status, windpipe::exit_status::signalled(9)) << done->status.text();
}

TEST(run_limit, is_called_off_by_a_stop_from_another_thread) {
    const expect_nothing_leaked watch;
    std::stop_source source;
    auto alive = windpipe::make_pipe();
    ASSERT_OK(alive);
    std::jthread stopper([&] {
        EXPECT_EQ(line_of(alive->reader), "ready\n");
        source.request_stop();
    });
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    const auto done = run(child_command("ignore_term").in(std::move(held->reader)).out(std::move(alive->writer)),
                          {.limit = {.stop = source.get_token()}});
    stopper.join();
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::canceled);
    EXPECT_EQ(done->status, windpipe::exit_status::signalled(9)) << done->status.text();
}

TEST(run_limit, is_called_off_while_the_child_blocks) {
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    const auto done = run(child_command("sleep_forever"), {.limit = {.stop = source.get_token()}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::canceled);
    EXPECT_EQ(done->status, windpipe::exit_status::signalled(9)) << done->status.text();
    EXPECT_FALSE(done->success());
}

} // namespace

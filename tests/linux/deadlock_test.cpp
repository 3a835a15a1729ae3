// A write that nobody can ever let go on is an error, and no other write is.
#include "child_threads.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/pattern.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::or_throw;
using windpipe::piped;

constexpr std::size_t much = std::size_t{1} << 20U;

class deadlock : public testing::Test {
protected:
    void SetUp() override {
        if (!std::ifstream("/proc/self/syscall")) {
            GTEST_SKIP() << "this kernel does not tell in which system call a thread waits";
        }
        if (threads_of_a_child() > 1) {
            GTEST_SKIP() << "a sanitizer has started a thread in every child: none of them stands still";
        }
    }
};

/// The write fails, and once `out` is read the rest arrives: the child has got, and sends back, all of `text`.
void expect_deadlock_that_can_be_left(windpipe::pipe_writer& in, windpipe::pipe_reader& out, std::string_view name) {
    const std::string text = pattern_text(much);
    const auto written = in.write(text);
    ASSERT_FAILS(written, resource_deadlock_would_occur);
    const std::string message = written.error().message();
    EXPECT_NE(message.find(name), std::string::npos) << message;
    EXPECT_GT(written.error().transferred, 0U);
    std::jthread feeder([&, done = written.error().transferred] {
        in.detect_deadlock(false);
        EXPECT_OK(in.write(std::string_view(text).substr(done)));
        in.close();
    });
    EXPECT_TRUE(rest_of(out) == text);
}

TEST_F(deadlock, is_found_in_a_child_that_waits_for_us_to_read) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    expect_deadlock_that_can_be_left(child->in, child->out, "cat (pid " + std::to_string(child->pid()));
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST_F(deadlock, is_found_through_every_stage_of_a_pipeline) {
    auto stages = (child_command("cat").in(piped) | child_command("cat") | child_command("cat").out(piped)).spawn();
    ASSERT_OK(stages);
    stages->front().in.detect_deadlock();
    expect_deadlock_that_can_be_left(stages->front().in, stages->back().out, "cat");
}

TEST_F(deadlock, is_found_when_another_output_is_read) {
    auto child = child_command("cat_both").in(piped).out(piped).err(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    std::jthread reader([&] { (void)rest_of(child->out); });
    EXPECT_FAILS(child->in.write(pattern_text(much)), resource_deadlock_would_occur);
    ASSERT_OK(child->kill());
}

TEST_F(deadlock, is_found_before_a_deadline_that_is_far_away) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    EXPECT_FAILS(child->in.write(pattern_text(much), {.until = 1h}), resource_deadlock_would_occur);
}

TEST_F(deadlock, is_found_unasked_in_a_process_with_one_thread) {
    const auto done = windpipe::run(child_command("single_threaded", "deadlock", child_program("cat")));
    ASSERT_OK(done);
    if (done->status == windpipe::exit_status::exited(77)) {
        GTEST_SKIP() << "a sanitizer has started a thread in it";
    }
    EXPECT_EQ(done->out.text(), "as it should be\n") << done->status.text() << done->err.text();
}

TEST_F(deadlock, is_found_without_the_rights_of_root) {
    const scratch_directory scratch; // where everybody may look
    install("cat", scratch.path(), "cat");
    install("single_threaded", scratch.path(), "single_threaded");
    const auto done = windpipe::run(
        child_command("as_user", "54321", utf8(scratch / "single_threaded"), "deadlock", utf8(scratch / "cat")),
        {.limit = {.until = 10s}});
    ASSERT_OK(done);
    if (done->ended_by == windpipe::ended_by::timed_out) {
        GTEST_SKIP() << "root has started other programs since, into which this user cannot look: nothing is certain";
    }
    if (done->status == windpipe::exit_status::exited(77)) {
        GTEST_SKIP() << "only root may become another user, or a sanitizer has started a thread";
    }
    EXPECT_EQ(done->out.text(), "as it should be\n") << done->status.text() << done->err.text();
}

// ---- nothing of this is one

TEST_F(deadlock, is_not_a_child_that_reads_slowly) {
    auto child = child_command("read_slowly", "65536", "150000").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    ASSERT_OK(child->in.write(pattern_text(much / 2)));
    child->in.close();
    EXPECT_EQ(rest_of(child->out), std::to_string(much / 2) + " ok\n");
}

TEST_F(deadlock, is_not_a_child_whose_output_somebody_else_reads_slowly) {
    auto stages = (child_command("cat").in(piped) | child_command("read_slowly", "65536", "150000").out(piped)).spawn();
    ASSERT_OK(stages);
    stages->front().in.detect_deadlock();
    ASSERT_OK(stages->front().in.write(pattern_text(much / 2)));
    stages->front().in.close();
    EXPECT_EQ(rest_of(stages->back().out), std::to_string(much / 2) + " ok\n");
}

TEST_F(deadlock, is_not_for_others_to_say_where_a_thread_of_ours_may_read) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    std::jthread reader([&] {
        std::this_thread::sleep_for(700ms); // late, not waiting for anything
        (void)rest_of(child->out);
    });
    EXPECT_OK(child->in.write(pattern_text(much))) << "nobody has asked for it";
    child->in.close();
}

TEST_F(deadlock, is_not_certain_while_another_process_could_read) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    auto copy = child->out.duplicate();
    ASSERT_OK(copy);
    auto other = child_command("sleep_forever").in(std::move(*copy)).out(windpipe::null).spawn();
    ASSERT_OK(other);
    EXPECT_FAILS(child->in.write(pattern_text(much), {.until = 800ms}), timed_out);
}

TEST_F(deadlock, is_not_a_child_that_waits_for_something_else) {
    auto child = child_command("sleep_forever").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    EXPECT_FAILS(child->in.write(pattern_text(much), {.until = 400ms}), timed_out);
}

TEST_F(deadlock, is_not_a_pipe_of_which_we_have_both_ends) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    ends->writer.detect_deadlock();
    EXPECT_FAILS(ends->writer.write(pattern_text(much), {.until = 400ms}), timed_out);
}

TEST_F(deadlock, is_not_a_child_that_has_been_stopped_while_it_writes) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    child->in.detect_deadlock();
    auto first = child->in.write(pattern_text(much), {.until = 50ms}); // it waits in a write, most likely
    EXPECT_FAILS(first, timed_out);
    ASSERT_EQ(::kill(static_cast<pid_t>(child->pid()), SIGSTOP), 0);
    EXPECT_FAILS(child->in.write(pattern_text(much), {.until = 400ms}), timed_out) << "somebody can let it go on";
    ASSERT_EQ(::kill(static_cast<pid_t>(child->pid()), SIGCONT), 0);
    EXPECT_FAILS(child->in.write(pattern_text(much)), resource_deadlock_would_occur);
}

} // namespace

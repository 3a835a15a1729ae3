// read_to_end() of a child: both outputs until an end policy is met, and the child is left as it is.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"
#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::end_policy;
using windpipe::ended_by;
using windpipe::or_throw;
using windpipe::piped;
using windpipe::read_to_end;

/// A child that has left a grandchild, which holds the outputs until `release` is closed.
struct family {
    template <class... Words>
    explicit family(const Words&... words) {
        auto ends = or_throw(windpipe::make_pipe());
        release = std::move(ends.writer);
        child =
            or_throw(child_command("leave_holder", words...).in(std::move(ends.reader)).out(piped).err(piped).spawn());
    }
    windpipe::pipe_writer release;
    windpipe::child child;
};

class child_output : public testing::Test {
    expect_nothing_leaked watch_;
};

TEST_F(child_output, is_read_from_both_streams_at_once) {
    auto child = child_command("flood", "1000000", "1000000").in(windpipe::null).out(piped).err(piped).spawn();
    ASSERT_OK(child);
    const auto all = read_to_end(*child);
    ASSERT_OK(all);
    EXPECT_EQ(all->ended_by, ended_by::end_of_stream);
    EXPECT_FALSE(all->writers_alive);
    EXPECT_EQ(all->out.total(), 1'000'000U);
    EXPECT_EQ(all->err.total(), 1'000'000U);
    EXPECT_FALSE(child->out.is_open()) << "it has ended";
    EXPECT_TRUE(exited_with(child->wait(), 0)) << "reaping is left to others";
}

TEST_F(child_output, is_kept_as_far_as_the_limits_say) {
    const std::string text = pattern_text(100'000);
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    std::jthread feeder([&] {
        EXPECT_OK(child->in.write(text));
        child->in.close();
    });
    const auto all = read_to_end(*child, {.out = {.head = 10, .tail = 20}});
    ASSERT_OK(all);
    EXPECT_EQ(all->out.head, text.substr(0, 10));
    EXPECT_EQ(all->out.tail, text.substr(text.size() - 20));
    EXPECT_EQ(all->out.total(), text.size());
}

TEST_F(child_output, by_default_does_not_wait_for_a_stranger) {
    family two;
    const auto first = read_to_end(two.child);
    ASSERT_OK(first);
    EXPECT_EQ(first->ended_by, ended_by::drained);
    EXPECT_TRUE(first->writers_alive);
    EXPECT_TRUE(first->out.text().ends_with('\n')) << first->out.text();
    two.release.close();
    const auto rest = read_to_end(two.child, {.end = end_policy::end_of_stream()});
    ASSERT_OK(rest);
    EXPECT_EQ(rest->ended_by, ended_by::end_of_stream);
    EXPECT_EQ(rest->out.total(), 0U);
}

TEST_F(child_output, by_quiet_waits_its_time) {
    family two;
    const auto before = std::chrono::steady_clock::now();
    const auto all = read_to_end(two.child, {.end = end_policy::quiet(50ms)});
    ASSERT_OK(all);
    EXPECT_EQ(all->ended_by, ended_by::quiet);
    EXPECT_GE(std::chrono::steady_clock::now() - before, 50ms);
}

TEST_F(child_output, by_tree_gone_waits_for_the_last_of_the_tree) {
    family two;
    EXPECT_NE(line_of(two.child.out), "\n"); // the grandchild is there
    std::jthread releaser([&] { two.release.close(); });
    const auto all = read_to_end(two.child, {.end = end_policy::tree_gone()});
    ASSERT_OK(all);
    EXPECT_EQ(all->ended_by, ended_by::end_of_stream);
    EXPECT_TRUE(exited_with(two.child.wait(), 0));
    EXPECT_TRUE(
        failed(read_to_end(two.child, {.end = end_policy::tree_gone()}), "wait for tree", std::errc::no_child_process))
        << "its tree was let go";
}

TEST_F(child_output, is_what_came_until_the_deadline_and_the_rest_later) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    ASSERT_OK(child->in.write("first"));
    std::string first;
    while (first.empty()) {
        const auto some = read_to_end(*child, {.limit = {.until = 20ms}});
        ASSERT_OK(some);
        EXPECT_EQ(some->ended_by, ended_by::timed_out);
        EXPECT_TRUE(some->writers_alive);
        first = some->out.text();
    }
    EXPECT_EQ(first, "first");
    EXPECT_TRUE(still_running(*child)) << "nobody has killed it";
    ASSERT_OK(child->in.write("second"));
    child->in.close();
    const auto rest = read_to_end(*child);
    ASSERT_OK(rest);
    EXPECT_EQ(rest->out.text(), "second");
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST_F(child_output, can_be_called_off) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    const auto some = read_to_end(*child, {.limit = {.stop = source.get_token()}});
    ASSERT_OK(some);
    EXPECT_EQ(some->ended_by, ended_by::canceled);
    EXPECT_TRUE(still_running(*child));
}

TEST_F(child_output, leaves_the_tree_to_be_killed) {
    family two("dead");
    const auto all = read_to_end(two.child);
    ASSERT_OK(all);
    EXPECT_TRUE(all->writers_alive);
    ASSERT_OK(two.child.kill());
    EXPECT_EQ(rest_of(two.child.out), "") << "nobody is left to hold the write end";
}

TEST_F(child_output, of_one_that_has_been_waited_for_is_still_there) {
    auto child = child_command("two_voices", "o", "e").out(piped).err(piped).spawn();
    ASSERT_OK(child);
    EXPECT_TRUE(exited_with(child->wait(), 0));
    const auto all = read_to_end(*child);
    ASSERT_OK(all);
    EXPECT_EQ(all->out.text(), "o");
    EXPECT_EQ(all->err.text(), "e");
}

TEST_F(child_output, without_a_pipe_is_none_and_the_end_is_waited_for) {
    auto child = child_command("exit_with", "3").in(windpipe::null).spawn();
    ASSERT_OK(child);
    const auto all = read_to_end(*child);
    ASSERT_OK(all);
    EXPECT_EQ(all->ended_by, ended_by::end_of_stream);
    const auto status = child->try_wait();
    ASSERT_OK(status);
    EXPECT_EQ(*status, windpipe::exit_status::exited(3));
}

TEST_F(child_output, of_no_child_is_an_error) {
    windpipe::child none;
    EXPECT_FAILS(read_to_end(none), no_child_process);
}

TEST_F(child_output, is_asked_for_with_what_a_tied_writer_holds) {
    auto child = child_command("echo_lines").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    windpipe::buffered_writer questions(std::move(child->in));
    questions.tie(child->out);
    ASSERT_OK(questions.write("quit\n"));
    const auto all = read_to_end(*child);
    ASSERT_OK(all);
    EXPECT_TRUE(exited_with(child->wait(), 0)) << "it was sent the last line: " << all->out.text();
}

} // namespace

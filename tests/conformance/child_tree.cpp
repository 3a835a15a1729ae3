// A child and what it has started, waited for and killed as one, as far as something holds it.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::containment;
using windpipe::piped;
using windpipe::tree_hold;

/// A child that has left a grandchild, which lives until `release` is closed.
struct family {
    template <class... Words>
    explicit family(const Words&... words) {
        auto ends = windpipe::or_throw(windpipe::make_pipe());
        release = std::move(ends.writer);
        child = windpipe::or_throw(
            child_command("leave_holder", words...).in(std::move(ends.reader)).out(piped).err(windpipe::null).spawn());
        EXPECT_NE(line_of(child.out), "\n"); // the grandchild is there
    }
    windpipe::pipe_writer release;
    windpipe::child child;
};

TEST(child_tree, is_waited_for_to_its_last_member) {
    family two;
    EXPECT_TRUE(failed(two.child.wait_tree({.until = 50ms}), "wait", std::errc::timed_out)) << "the grandchild lives";
    two.release.close();
    EXPECT_TRUE(exited_with(two.child.wait_tree(), 0));
    EXPECT_EQ(rest_of(two.child.out), "");
    EXPECT_TRUE(exited_with(two.child.wait(), 0)) << "it has been reaped, and keeps its status";
}

TEST(child_tree, is_waited_for_also_while_the_child_itself_runs) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_TRUE(failed(child->wait_tree({.until = 10ms}), "wait", std::errc::timed_out));
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait_tree(), 0));
}

TEST(child_tree, is_empty_after_a_kill) {
    family two("stay", "dead");
    ASSERT_OK(two.child.kill());
    EXPECT_TRUE(ended_as(two.child.wait_tree(), windpipe::exit_status::signalled(9)));
    EXPECT_EQ(rest_of(two.child.out), "") << "nobody is left to hold the write end";
}

TEST(child_tree, is_killed_also_when_only_a_grandchild_is_left) {
    family two("dead");
    EXPECT_TRUE(failed(two.child.wait_tree({.until = 50ms}), "wait", std::errc::timed_out));
    ASSERT_OK(two.child.kill());
    EXPECT_TRUE(exited_with(two.child.wait_tree(), 0)) << "the child had ended by itself";
    EXPECT_EQ(rest_of(two.child.out), "");
}

TEST(child_tree, is_let_go_by_a_wait_for_the_child) {
    family two;
    EXPECT_TRUE(exited_with(two.child.wait(), 0));
    EXPECT_TRUE(failed(two.child.wait_tree(), "wait for tree", std::errc::no_child_process));
    EXPECT_FAILS(windpipe::child().wait_tree(), no_child_process);
}

TEST(child_tree, can_be_given_up_by_a_stop) {
    family two;
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    EXPECT_TRUE(failed(two.child.wait_tree({.stop = source.get_token()}), "wait", std::errc::operation_canceled));
}

TEST(child_tree, tells_what_holds_it) {
    family held;
    EXPECT_EQ(held.child.holds_tree_by(), on_windows ? tree_hold::job : tree_hold::process_group);
    auto alone = child_command("cat").in(piped).out(piped).contain(containment::process).spawn();
    ASSERT_OK(alone);
    EXPECT_EQ(alone->holds_tree_by(), on_windows ? tree_hold::job : tree_hold::none);
    alone->in.close();
    if (alone->holds_tree_by() == tree_hold::none) {
        EXPECT_TRUE(failed(alone->wait_tree(), "wait for tree", std::errc::operation_not_supported));
    } else {
        EXPECT_TRUE(exited_with(alone->wait_tree(), 0));
    }
    EXPECT_EQ(windpipe::child().holds_tree_by(), tree_hold::none);
}

TEST(child_tree, is_held_as_strongly_as_can_be_where_that_is_asked_for) {
    auto child = child_command("cat").in(piped).out(piped).contain(containment::strongest).spawn();
    ASSERT_OK(child);
    const tree_hold hold = child->holds_tree_by();
    EXPECT_TRUE(hold == (on_windows ? tree_hold::job : tree_hold::cgroup) ||
                (!on_windows && hold == tree_hold::process_group));
    EXPECT_TRUE(failed(child->wait_tree({.until = 10ms}), "wait", std::errc::timed_out));
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait_tree(), windpipe::exit_status::signalled(9)));
    EXPECT_EQ(child->holds_tree_by(), hold);
}

TEST(child_tree, loses_a_daemon_only_where_its_hold_says_so) {
    family two("apart"); // in a session of its own
    if (two.child.holds_tree_by() == tree_hold::process_group) {
        EXPECT_TRUE(exited_with(two.child.wait_tree(), 0)) << "who has escaped is not waited for";
        std::byte byte{};
        EXPECT_TRUE(failed(two.child.out.read_some({&byte, 1}, {.until = 30ms}), "read", std::errc::timed_out))
            << "it lives";
    } else {
        EXPECT_TRUE(failed(two.child.wait_tree({.until = 50ms}), "wait", std::errc::timed_out));
    }
    two.release.close();
    EXPECT_EQ(rest_of(two.child.out), "");
}

TEST(run_end, by_tree_gone_waits_for_a_descendant_that_holds_no_pipe) {
    auto held = windpipe::make_pipe();
    auto watch = windpipe::make_pipe();
    ASSERT_OK(held);
    ASSERT_OK(watch);
    auto what = child_command("leave_holder").in(std::move(held->reader)).out(std::move(watch->writer));
    what.err(windpipe::null);
    std::jthread releaser([&] {
        EXPECT_NE(line_of(watch->reader), "\n");
        held->writer.close();
    });
    const auto done = windpipe::run(what, {.end = windpipe::end_policy::tree_gone()});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_EQ(done->ended_by, windpipe::ended_by::end_of_stream);
    EXPECT_EQ(rest_of(watch->reader), "") << "the tree was waited for";
}

TEST(run_end, by_tree_gone_takes_what_a_descendant_writes) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    ASSERT_OK(ends->writer.write("late"));
    ends->writer.close();
    const auto done = windpipe::run(
        windpipe::command(child_program("leave_running"), child_program("cat")).in(std::move(ends->reader)),
        {.end = windpipe::end_policy::tree_gone()});
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "late");
}

TEST(run_end, by_tree_gone_still_heeds_its_deadline) {
    auto held = windpipe::make_pipe();
    auto watch = windpipe::make_pipe();
    ASSERT_OK(held);
    ASSERT_OK(watch);
    auto what = child_command("leave_holder", "dead").in(std::move(held->reader)).err(std::move(watch->writer));
    const auto done = windpipe::run(what, {.end = windpipe::end_policy::tree_gone(), .limit = {.until = 100ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, windpipe::ended_by::timed_out);
    EXPECT_EQ(rest_of(watch->reader), "") << "the tree was killed";
}

TEST(run_end, by_tree_gone_heeds_its_deadline_though_a_stranger_keeps_the_output) {
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    const auto done = windpipe::run(
        child_command("leave_holder", "stay", "apart").in(std::move(held->reader)).err(windpipe::null),
        {.end = windpipe::end_policy::tree_gone(), .limit = {.until = windpipe_test::on_windows ? 2s : 200ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, windpipe::ended_by::timed_out);
}

} // namespace

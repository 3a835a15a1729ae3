// Ending a child: asked, forced, and by its owner's going away.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::containment;
using windpipe::exit_status;
using windpipe::null;
using windpipe::piped;

const exit_status killed = exit_status::signalled(9);

windpipe::result<windpipe::child> ready_child(windpipe::command what) {
    auto child = what.in(piped).out(piped).spawn();
    if (child) {
        EXPECT_EQ(line_of(child->out), "ready\n");
    }
    return child;
}

/// Asking works, or is not supported: Windows without a shared console.
bool can_ask(const windpipe::result<void>& asked) {
    if (!asked) {
        EXPECT_TRUE(on_windows) << asked.error().message();
        EXPECT_EQ(asked.error().code, std::errc::operation_not_supported) << asked.error().message();
    }
    return asked.has_value();
}

TEST(child_kill, ends_a_child_that_ignores_all_else) {
    auto child = ready_child(child_command("ignore_term"));
    ASSERT_OK(child);
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait(), killed));
    EXPECT_EQ(rest_of(child->out), "");
}

TEST(child_kill, of_one_that_has_ended_is_no_error) {
    auto child = child_command("exit_with", "2").in(null).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(child->out), "");
    EXPECT_TRUE(exited_with(child->wait(), 2));
    EXPECT_OK(child->kill());
    EXPECT_OK(child->terminate());
    EXPECT_TRUE(exited_with(child->stop(0s), 2));
}

TEST(child_kill, of_one_that_has_ended_but_was_not_waited_for_keeps_its_status) {
    auto child = child_command("exit_with", "2").in(null).out(piped).err(piped).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(child->out), "");
    EXPECT_EQ(rest_of(child->err), "");
    EXPECT_OK(child->kill());
    const auto status = child->wait();
    ASSERT_OK(status);
    EXPECT_TRUE(*status == exit_status::exited(2) || *status == killed) << status->text() << ": closed, then exited";
}

TEST(child_terminate, lets_the_child_end_in_its_own_way) {
    auto child = ready_child(child_command("obey_term"));
    ASSERT_OK(child);
    if (!can_ask(child->terminate())) {
        GTEST_SKIP() << "no console to send Ctrl-Break on";
    }
    EXPECT_TRUE(exited_with(child->wait(), 7));
    EXPECT_EQ(rest_of(child->out), "asked\n");
}

TEST(child_terminate, may_be_ignored) {
    auto child = ready_child(child_command("ignore_term"));
    ASSERT_OK(child);
    (void)can_ask(child->terminate());
    EXPECT_TRUE(failed(child->wait({.until = 50ms}), "wait", std::errc::timed_out));
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(child_stop, asks_first) {
    auto child = ready_child(child_command("obey_term"));
    ASSERT_OK(child);
    const auto status = child->stop(1h);
    ASSERT_OK(status);
    if (on_windows && *status == killed) {
        GTEST_SKIP() << "no console to send Ctrl-Break on: it was forced at once";
    }
    EXPECT_EQ(*status, exit_status::exited(7));
    EXPECT_EQ(rest_of(child->out), "asked\n");
}

TEST(child_stop, forces_when_the_grace_has_passed) {
    auto child = ready_child(child_command("ignore_term"));
    ASSERT_OK(child);
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(ended_as(child->stop(50ms), killed));
    if (!on_windows) {
        EXPECT_GE(std::chrono::steady_clock::now() - before, 50ms);
    }
    EXPECT_EQ(rest_of(child->out), "");
}

TEST(child_stop, without_grace_still_asks_and_forces) {
    auto child = ready_child(child_command("ignore_term"));
    ASSERT_OK(child);
    EXPECT_TRUE(ended_as(child->stop(0s), killed));
}

/// leave_holder as a parent that stays, with a grandchild that only a kill of the tree ends. Both hold its outputs.
windpipe::result<windpipe::child> tree(containment reach) {
    auto child = child_command("leave_holder", "stay", "dead").in(null).out(piped).contain(reach).spawn();
    if (child) {
        EXPECT_NE(line_of(child->out), "\n") << "the grandchild is there";
    }
    return child;
}

TEST(child_tree, is_killed_with_the_child) {
    auto child = tree(containment::tree);
    ASSERT_OK(child);
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait(), killed));
    EXPECT_EQ(rest_of(child->out), "") << "end of stream: the grandchild is gone too";
}

TEST(child_tree, is_the_default_for_a_child_that_does_not_share_our_input) {
    auto child = tree(containment::automatic);
    ASSERT_OK(child);
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait(), killed));
    EXPECT_EQ(rest_of(child->out), "");
}

TEST(child_tree, is_killed_by_the_destructor) {
    auto child = tree(containment::tree);
    ASSERT_OK(child);
    auto out = std::move(child->out);
    {
        const windpipe::child dies = std::move(*child);
    }
    EXPECT_EQ(rest_of(out), "");
}

TEST(child_tree, is_killed_when_another_child_takes_its_place) {
    auto child = tree(containment::tree);
    ASSERT_OK(child);
    auto out = std::move(child->out);
    *child = windpipe::child{};
    EXPECT_FALSE(*child);
    EXPECT_EQ(rest_of(out), "");
}

TEST(child_tree, lives_on_when_the_child_has_been_waited_for) {
    auto keeps_it_alive = windpipe::make_pipe();
    ASSERT_OK(keeps_it_alive);
    auto child = child_command("leave_holder").in(std::move(keeps_it_alive->reader)).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_NE(line_of(child->out), "\n");
    EXPECT_TRUE(exited_with(child->wait(), 0));
    auto out = std::move(child->out);
    *child = windpipe::child{};
    std::byte byte{};
    EXPECT_TRUE(failed(out.read_some({&byte, 1}, {.until = 50ms}), "read", std::errc::timed_out))
        << "the grandchild still holds the write end";
    keeps_it_alive->writer.close();
    EXPECT_EQ(rest_of(out), "");
}

} // namespace

// A tree in a control group of its own: a daemon is held, waited for and killed, and no group is left behind.
#include "control_groups.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::containment;
using windpipe::or_throw;
using windpipe::piped;
using windpipe::tree_hold;

windpipe::command strongly(windpipe::command what) {
    what.contain(containment::strongest);
    return what;
}

/// A child that has left a daemon, which lives until `release` is closed.
struct family {
    template <class... Words>
    explicit family(const Words&... words) {
        auto ends = or_throw(windpipe::make_pipe());
        release = std::move(ends.writer);
        child = or_throw(strongly(child_command("daemonize", words...))
                             .in(std::move(ends.reader))
                             .out(piped)
                             .err(windpipe::null)
                             .spawn());
        daemon = line_of(child.out);
        daemon.pop_back();
    }
    windpipe::pipe_writer release;
    windpipe::child child;
    std::string daemon; // its number
};

class control_group : public testing::Test {
protected:
    void SetUp() override {
        auto child = strongly(child_command("cat")).in(piped).out(piped).spawn();
        ASSERT_OK(child);
        if (child->holds_tree_by() != tree_hold::cgroup) {
            GTEST_SKIP() << "this process may not make control groups of version 2";
        }
    }
    void TearDown() override {
        for (const auto& left : control_groups_of_ours()) {
            ADD_FAILURE() << left << " has been left behind";
        }
    }

private:
    expect_nothing_leaked watch_;
};

TEST_F(control_group, is_that_of_the_child) {
    auto child = strongly(child_command("cat")).in(piped).out(piped).spawn();
    ASSERT_OK(child);
    const auto groups = control_groups_of_ours();
    ASSERT_EQ(groups.size(), 1U);
    const std::string file = read_file("/proc/" + std::to_string(child->pid()) + "/cgroup");
    EXPECT_NE(file.find(groups[0].filename().string() + "\n"), std::string::npos) << file;
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait(), 0));
    EXPECT_TRUE(control_groups_of_ours().empty());
    EXPECT_EQ(child->holds_tree_by(), tree_hold::cgroup);
}

TEST_F(control_group, holds_a_daemon_until_its_end) {
    family two;
    EXPECT_TRUE(failed(two.child.wait_tree({.until = 50ms}), "wait", std::errc::timed_out)) << "the daemon lives";
    two.release.close();
    EXPECT_TRUE(exited_with(two.child.wait_tree(), 0));
    EXPECT_EQ(rest_of(two.child.out), "");
}

TEST_F(control_group, is_killed_with_its_daemon) {
    family two("dead");
    ASSERT_OK(two.child.kill());
    ASSERT_OK(two.child.wait_tree());
    EXPECT_EQ(rest_of(two.child.out), "") << "nobody is left to hold the write end";
}

TEST_F(control_group, is_killed_by_the_destructor) {
    family two("dead");
    auto out = std::move(two.child.out);
    two.child = windpipe::child();
    EXPECT_EQ(rest_of(out), "");
}

TEST_F(control_group, is_killed_with_what_a_member_has_made_below_it) {
    family two("dead");
    const auto groups = control_groups_of_ours();
    ASSERT_EQ(groups.size(), 1U);
    std::filesystem::create_directory(groups[0] / "below");
    std::ofstream(groups[0] / "below" / "cgroup.procs") << two.daemon << std::flush;
    EXPECT_TRUE(failed(two.child.wait_tree({.until = 50ms}), "wait", std::errc::timed_out)) << "it is found there";
    ASSERT_OK(two.child.kill());
    EXPECT_TRUE(exited_with(two.child.wait_tree(), 0));
    EXPECT_EQ(rest_of(two.child.out), "");
}

TEST_F(control_group, is_removed_later_when_a_daemon_was_let_go) {
    family two;
    EXPECT_TRUE(exited_with(two.child.wait(), 0));
    std::byte byte{};
    EXPECT_TRUE(failed(two.child.out.read_some({&byte, 1}, {.until = 30ms}), "read", std::errc::timed_out))
        << "it lives";
    EXPECT_EQ(control_groups_of_ours().size(), 1U);
    two.release.close();
    EXPECT_EQ(rest_of(two.child.out), "");
    while (!control_groups_of_ours().empty()) {
        EXPECT_OK(windpipe::run(strongly(child_command("exit_with", "0"))));
    }
}

TEST_F(control_group, is_waited_for_by_a_run) {
    auto held = or_throw(windpipe::make_pipe());
    auto watch = or_throw(windpipe::make_pipe());
    std::jthread releaser([&] {
        EXPECT_NE(line_of(watch.reader), "\n");
        held.writer.close();
    });
    const auto done = windpipe::run(strongly(child_command("daemonize"))
                                        .in(std::move(held.reader))
                                        .out(std::move(watch.writer))
                                        .err(windpipe::null),
                                    {.end = windpipe::end_policy::tree_gone()});
    ASSERT_OK(done);
    EXPECT_EQ(rest_of(watch.reader), "") << "the daemon was waited for";
}

TEST_F(control_group, is_killed_at_the_deadline_of_a_run) {
    auto held = or_throw(windpipe::make_pipe());
    auto watch = or_throw(windpipe::make_pipe());
    const auto done = windpipe::run(
        strongly(child_command("daemonize", "dead")).in(std::move(held.reader)).err(std::move(watch.writer)),
        {.end = windpipe::end_policy::tree_gone(), .limit = {.until = 300ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, windpipe::ended_by::timed_out);
    EXPECT_EQ(rest_of(watch.reader), "");
    while (!control_groups_of_ours().empty()) { // the daemon may have ended after the child was reaped
        EXPECT_OK(windpipe::run(strongly(child_command("exit_with", "0"))));
    }
}

TEST_F(control_group, is_removed_when_the_child_cannot_be_started) {
    EXPECT_FAILS(strongly(windpipe::command{"./windpipe_there_is_no_such_program"}).spawn(), no_such_file_or_directory);
    const scratch_directory scratch;
    write_file(scratch / "no_program", "neither");
    std::filesystem::permissions(scratch / "no_program", std::filesystem::perms::owner_all);
    EXPECT_FAILS(strongly(windpipe::command{utf8(scratch / "no_program")}).spawn(), executable_format_error);
}

TEST(containment, of_the_strongest_kind_goes_along_with_dying_with_the_parent) {
    auto child = strongly(child_command("cat")).in(piped).out(piped).die_with_parent().spawn();
    ASSERT_OK(child);
    if (child->holds_tree_by() != tree_hold::cgroup) {
        GTEST_SKIP() << "this process may not make control groups of version 2";
    }
    EXPECT_EQ(control_groups_of_ours().size(), 1U);
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait_tree(), 0));
    EXPECT_TRUE(control_groups_of_ours().empty());
}

TEST(containment, of_the_strongest_kind_is_removed_after_a_detach) {
    auto child = strongly(child_command("cat")).in(piped).out(piped).spawn();
    ASSERT_OK(child);
    if (child->holds_tree_by() != tree_hold::cgroup) {
        GTEST_SKIP() << "this process may not make control groups of version 2";
    }
    child->detach();
    EXPECT_EQ(control_groups_of_ours().size(), 1U) << "somebody lives in it";
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "");
    while (!control_groups_of_ours().empty()) {
        EXPECT_OK(windpipe::run(strongly(child_command("exit_with", "0"))));
    }
}

TEST(containment, falls_back_to_a_process_group_and_says_so) {
    const scratch_directory scratch; // where everybody may look
    install("exit_with", scratch.path(), "exit_with");
    install("tell_hold", scratch.path(), "tell_hold");
    const auto done =
        windpipe::run(child_command("as_user", "54321", utf8(scratch / "tell_hold"), utf8(scratch / "exit_with"), "0"));
    ASSERT_OK(done);
    if (done->status == windpipe::exit_status::exited(77)) {
        GTEST_SKIP() << "only root may become another user";
    }
    EXPECT_EQ(done->out.text(), "process_group\n") << done->status.text() << done->err.text();
    EXPECT_TRUE(done->success());
}

} // namespace

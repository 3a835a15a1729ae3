// Processes as only Linux has them: groups, zombies, other people's waits.
#include "conformance/helpers/processes.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::containment;
using windpipe::null;
using windpipe::piped;

struct ids {
    pid_t process = 0;
    pid_t parent = 0;
    pid_t group = 0;
};

ids ids_of(windpipe::command what) {
    auto child = what.out(piped).spawn();
    EXPECT_OK(child);
    std::istringstream line(child ? rest_of(child->out) : "");
    ids told;
    line >> told.process >> told.parent >> told.group;
    EXPECT_EQ(static_cast<pid_t>(child->pid()), told.process);
    EXPECT_TRUE(exited_with(child->wait(), 0));
    return told;
}

TEST(process, is_our_own_child) { EXPECT_EQ(ids_of(child_command("print_ids")).parent, ::getpid()); }

TEST(process, leads_a_group_of_its_own_as_a_tree) {
    const ids tree = ids_of(child_command("print_ids").contain(containment::tree));
    EXPECT_EQ(tree.group, tree.process);
    const ids apart = ids_of(child_command("print_ids").in(null));
    EXPECT_EQ(apart.group, apart.process) << "automatic, and our input is not shared";
}

TEST(process, stays_in_our_group_when_it_shares_our_input) {
    EXPECT_EQ(ids_of(child_command("print_ids")).group, ::getpgrp()) << "so that it may read from the terminal";
    EXPECT_EQ(ids_of(child_command("print_ids").in(null).contain(containment::process)).group, ::getpgrp());
}

TEST(process, alone_is_killed_without_its_tree) {
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    auto child = child_command("leave_holder", "stay")
                     .in(std::move(held->reader))
                     .out(piped)
                     .contain(containment::process)
                     .spawn();
    ASSERT_OK(child);
    EXPECT_NE(line_of(child->out), "\n");
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait(), windpipe::exit_status::signalled(9)));
    std::byte byte{};
    EXPECT_TRUE(failed(child->out.read_some({&byte, 1}, {.until = 30ms}), "read", std::errc::timed_out))
        << "the grandchild lives";
    held->writer.close();
    EXPECT_EQ(rest_of(child->out), "");
}

TEST(process, that_leaves_the_group_escapes) {
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    auto child = child_command("leave_holder", "stay", "apart").in(std::move(held->reader)).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_NE(line_of(child->out), "\n") << "the grandchild has its own session now";
    std::byte byte{};
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait(), windpipe::exit_status::signalled(9)));
    EXPECT_TRUE(failed(child->out.read_some({&byte, 1}, {.until = 30ms}), "read", std::errc::timed_out))
        << "the grandchild lives";
    held->writer.close();
    EXPECT_EQ(rest_of(child->out), "");
}

windpipe::result<windpipe::child> child_that_left(windpipe::command what) {
    auto child = what.in(null).out(piped).contain(containment::tree).spawn();
    if (child) {
        EXPECT_EQ(line_of(child->out), "left\n");
    }
    return child;
}

TEST(process, that_has_left_its_group_is_killed_all_the_same) {
    auto child = child_that_left(child_command("leave_group"));
    ASSERT_OK(child);
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait(), windpipe::exit_status::signalled(9)));
    EXPECT_OK(child_that_left(child_command("leave_group"))) << "its destructor ends it";
}

TEST(process, that_has_left_its_group_is_asked_to_end_all_the_same) {
    auto child = child_that_left(child_command("leave_group"));
    ASSERT_OK(child);
    ASSERT_OK(child->terminate());
    EXPECT_TRUE(ended_as(child->wait(), windpipe::exit_status::signalled(15)));
}

TEST(process, that_has_left_others_in_its_group_is_killed_with_them) {
    auto child = child_that_left(child_command("leave_group", "MEMBER"));
    ASSERT_OK(child);
    ASSERT_OK(child->kill());
    EXPECT_TRUE(ended_as(child->wait(), windpipe::exit_status::signalled(9)));
    EXPECT_EQ(rest_of(child->out), "") << "who was left in the group held it";
}

/// Waits until the kernel knows no child with this number any more: not even a zombie.
void wait_until_reaped(pid_t child) {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0 || errno == EINTR) {
        std::this_thread::yield(); // it is a zombie now: somebody else is to reap it
    }
    EXPECT_EQ(errno, ECHILD);
}

TEST(process, that_was_detached_becomes_no_zombie) {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    const auto id = static_cast<pid_t>(child->pid());
    child->detach();
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "");
    wait_until_reaped(id);
}

TEST(process, that_had_ended_before_it_was_detached_becomes_no_zombie) {
    auto child = child_command("exit_with", "0").spawn();
    ASSERT_OK(child);
    const auto id = static_cast<pid_t>(child->pid());
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(id), &info, WEXITED | WNOWAIT), 0);
    child->detach();
    wait_until_reaped(id);
}

TEST(process, detached_by_many_threads_at_once_becomes_no_zombie) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int k = 0; k < 10; ++k) {
                auto child = child_command("exit_with", "0").spawn();
                ASSERT_OK(child);
                const auto id = static_cast<pid_t>(child->pid());
                child->detach();
                wait_until_reaped(id);
            }
        });
    }
}

TEST(process, ends_as_a_zombie_for_nobody_but_us) {
    auto child = child_command("exit_with", "4").spawn();
    ASSERT_OK(child);
    const auto id = static_cast<pid_t>(child->pid());
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(id), &info, WEXITED | WNOWAIT), 0);
    EXPECT_EQ(info.si_status, 4);
    EXPECT_TRUE(exited_with(child->wait(), 4));
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(id), &info, WEXITED | WNOWAIT | WNOHANG), -1);
}

TEST(process, whose_status_somebody_else_took_is_told_as_far_as_the_kernel_knows) {
    auto child = child_command("exit_with", "5").spawn();
    ASSERT_OK(child);
    int status = 0;
    ASSERT_EQ(::waitpid(static_cast<pid_t>(child->pid()), &status, 0), static_cast<pid_t>(child->pid()));
    const auto told = child->wait();
    if (told) {
        EXPECT_EQ(*told, windpipe::exit_status::exited(5));
    } else {
        EXPECT_EQ(told.error().code, std::errc::no_child_process) << told.error().message();
    }
    EXPECT_OK(child->kill());
}

TEST(process, of_a_parent_that_ignores_its_children_is_waited_for_all_the_same) {
    struct sigaction ignore{};
    struct sigaction before{};
    ignore.sa_handler = SIG_IGN;
    ASSERT_EQ(::sigaction(SIGCHLD, &ignore, &before), 0);
    auto child = child_command("cat").in(piped).out(piped).spawn();
    const auto refused = windpipe::command{"./windpipe_there_is_no_such_program"}.spawn();
    ASSERT_OK(child);
    child->in.close();
    const auto told = child->wait();
    ASSERT_EQ(::sigaction(SIGCHLD, &before, nullptr), 0);
    EXPECT_TRUE(told ? *told == windpipe::exit_status::exited(0) : told.error().code == std::errc::no_child_process);
    EXPECT_TRUE(failed(refused, "exec", std::errc::no_such_file_or_directory));
}

TEST(process, that_dies_with_its_parent_can_be_started_after_a_fork) {
    // ThreadSanitizer ends a program that starts a thread after a fork, unless it is told not to.
    const auto done = windpipe::run(
        child_command("start_after_fork", child_program("exit_with")).env("TSAN_OPTIONS", "die_after_fork=0"));
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->text() << done->err.text();
}

TEST(process, outlives_the_thread_that_started_it) {
    windpipe::result<windpipe::child> child = windpipe::child();
    std::thread([&] { child = child_command("cat").in(piped).out(piped).spawn(); }).join();
    ASSERT_OK(child);
    ASSERT_OK(child->in.write("alive"));
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "alive");
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

} // namespace

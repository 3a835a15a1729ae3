// Waiting for a child: with a limit, from many threads, together with all else that may be done to it.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>
#include <vector>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::null;
using windpipe::piped;

/// A child that runs until its `in` is closed, and has said so.
windpipe::result<windpipe::child> waiting_child() {
    auto child = child_command("hold_open").in(piped).out(piped).spawn();
    if (child) {
        EXPECT_EQ(line_of(child->out), "ready\n");
    }
    return child;
}

TEST(child_wait, gives_up_at_its_deadline_and_leaves_the_child_alone) {
    auto child = waiting_child();
    ASSERT_OK(child);
    const auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(failed(child->wait({.until = 30ms}), "wait", std::errc::timed_out));
    EXPECT_GE(std::chrono::steady_clock::now() - before, 30ms);
    EXPECT_TRUE(still_running(*child));
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait({.until = 1h}), 0));
}

TEST(child_wait, asks_once_even_when_its_deadline_has_passed) {
    auto child = waiting_child();
    ASSERT_OK(child);
    EXPECT_TRUE(failed(child->wait({.until = 0s}), "wait", std::errc::timed_out));
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "");
    while (true) { // it closes its output before it has quite ended
        const auto status = child->wait({.until = 0s});
        if (status) {
            EXPECT_TRUE(exited_with(status, 0));
            break;
        }
        ASSERT_EQ(status.error().code, std::errc::timed_out);
    }
}

TEST(child_wait, is_called_off_by_a_stop) {
    auto child = waiting_child();
    ASSERT_OK(child);
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    EXPECT_TRUE(failed(child->wait({.stop = source.get_token()}), "wait", std::errc::operation_canceled));
    EXPECT_TRUE(failed(child->wait({.stop = source.get_token()}), "wait", std::errc::operation_canceled))
        << "one that was requested before";
    EXPECT_TRUE(still_running(*child));
    child->in.close();
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(child_wait, gives_a_known_status_whatever_the_limit) {
    auto child = child_command("exit_with", "6").spawn();
    ASSERT_OK(child);
    ASSERT_TRUE(exited_with(child->wait(), 6));
    EXPECT_TRUE(exited_with(child->wait({.until = 0s}), 6));
}

TEST(child_wait, gives_every_thread_the_same_answer) {
    for (int round = 0; round < (on_windows ? 3 : 20); ++round) {
        auto child = child_command("exit_with", "9").in(piped).spawn();
        ASSERT_OK(child);
        std::atomic<int> right = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                if (exited_with(child->wait(), 9) && exited_with(child->wait(), 9)) {
                    ++right;
                }
            });
        }
        threads.clear();
        EXPECT_EQ(right, 8);
    }
}

TEST(child_wait, wakes_every_thread_when_the_child_ends) {
    auto child = waiting_child();
    ASSERT_OK(child);
    std::atomic<int> right = 0;
    std::atomic<int> wrong = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] { ++(exited_with(child->wait(), 0) ? right : wrong); });
        threads.emplace_back([&] { ++(exited_with(child->wait({.until = 1h}), 0) ? right : wrong); });
    }
    EXPECT_TRUE(failed(child->wait({.until = 20ms}), "wait", std::errc::timed_out)) << "the others wait meanwhile";
    child->in.close();
    threads.clear();
    EXPECT_EQ(right, 8);
    EXPECT_EQ(wrong, 0);
}

TEST(child_wait, lets_each_thread_have_its_own_limit) {
    auto child = waiting_child();
    ASSERT_OK(child);
    std::stop_source source;
    std::atomic<int> timed_out = 0;
    std::atomic<int> canceled = 0;
    std::atomic<int> ended = 0;
    std::vector<std::jthread> patient;
    for (int i = 0; i < 3; ++i) {
        patient.emplace_back([&] { ended += exited_with(child->wait(), 0) ? 1 : 0; });
    }
    std::vector<std::jthread> others;
    for (int i = 0; i < 3; ++i) {
        others.emplace_back(
            [&] { timed_out += failed(child->wait({.until = 10ms}), "wait", std::errc::timed_out) ? 1 : 0; });
        others.emplace_back([&] {
            canceled +=
                failed(child->wait({.stop = source.get_token()}), "wait", std::errc::operation_canceled) ? 1 : 0;
        });
    }
    source.request_stop();
    others.clear();
    EXPECT_EQ(timed_out, 3);
    EXPECT_EQ(canceled, 3);
    EXPECT_TRUE(still_running(*child));
    child->in.close();
    patient.clear();
    EXPECT_EQ(ended, 3);
}

TEST(child_wait, goes_along_with_kills_and_questions_from_other_threads) {
    for (int round = 0; round < (on_windows ? 5 : 50); ++round) {
        auto child = child_command("sleep_forever").in(null).out(null).spawn();
        ASSERT_OK(child);
        std::atomic<int> killed = 0;
        std::atomic<int> problems = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&] {
                const auto status = child->wait();
                killed += status && status->signal() == 9 ? 1 : 0;
            });
            threads.emplace_back([&] { problems += child->try_wait() ? 0 : 1; });
            threads.emplace_back([&] { problems += child->kill() ? 0 : 1; });
        }
        threads.clear();
        EXPECT_EQ(killed, 3);
        EXPECT_EQ(problems, 0);
    }
}

TEST(child_wait, reads_no_pipe) {
    // the child blocks on its full output until somebody reads
    auto child = child_command("flood", "4000000", "0").in(null).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_TRUE(failed(child->wait({.until = 50ms}), "wait", std::errc::timed_out));
    EXPECT_EQ(rest_of(child->out).size(), 4'000'000U);
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

} // namespace

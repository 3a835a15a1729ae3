// Threads that start children at the same time: none gets an end meant for another. A leak is a hang.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::piped;

constexpr int rounds = on_windows ? 40 : 200;

/// Starts a child, lets it end by closing its input, and waits for its end of stream.
bool round_trip() {
    auto child = child_command("cat").in(piped).out(piped).spawn();
    if (!child) {
        ADD_FAILURE() << child.error().message();
        return false;
    }
    EXPECT_OK(child->in.write("x"));
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "x");
    EXPECT_TRUE(exited_with(child->wait(), 0));
    return !testing::Test::HasFailure();
}

TEST(inheritance_races, end_of_stream_comes_while_another_thread_starts_children_that_stay) {
    allow(std::chrono::minutes(4));
    std::atomic<bool> done = false;
    std::vector<windpipe::child> staying;
    std::jthread starter([&] {
        while (!done && staying.size() < rounds) { // each would keep for ever what it got by mistake
            auto child = child_command("sleep_forever").in(piped).out(piped).err(piped).spawn();
            if (!child) {
                ADD_FAILURE() << child.error().message();
                return;
            }
            staying.push_back(std::move(*child));
        }
    });
    for (int i = 0; i < rounds && round_trip(); ++i) {
    }
    done = true;
    starter.join();
    EXPECT_FALSE(staying.empty());
}

TEST(inheritance_races, threads_that_all_do_the_same_do_not_disturb_each_other) {
    allow(std::chrono::minutes(4));
    const expect_nothing_leaked watch;
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int k = 0; k < rounds / 4 && round_trip(); ++k) {
            }
        });
    }
}

TEST(inheritance_races, ends_handed_over_go_to_one_child_alone) {
    allow(std::chrono::minutes(4));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([] {
            for (int k = 0; k < rounds / 6; ++k) {
                auto ends = windpipe::or_throw(windpipe::make_pipe());
                auto stays = child_command("hold_open").in(piped).out(piped).spawn();
                auto writes =
                    child_command("two_voices", "x", "").in(windpipe::null).out(std::move(ends.writer)).spawn();
                ASSERT_OK(stays);
                ASSERT_OK(writes);
                ASSERT_EQ(rest_of(ends.reader), "x");
                ASSERT_TRUE(still_running(*stays));
            }
        });
    }
}

TEST(inheritance_races, failing_starts_disturb_nobody) {
    allow(std::chrono::minutes(4));
    const expect_nothing_leaked watch;
    std::atomic<bool> done = false;
    std::jthread fails([&] {
        while (!done) {
            EXPECT_FALSE(windpipe::command{"./windpipe_there_is_no_such_program"}.in(piped).out(piped).spawn());
        }
    });
    for (int i = 0; i < rounds / 3 && round_trip(); ++i) {
    }
    done = true;
}

} // namespace

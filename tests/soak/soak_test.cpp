// Starts, kills, cancels and closes at random in 16 threads: at the end nothing is there that was not at the beginning.
#include "actions.hpp"
#include "allocations.hpp"

#include "support/accounts.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace windpipe_test::soak {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t threads_of_soak = 16;
constexpr std::chrono::seconds time_to_finish = 10min;

/// A number from the environment.
std::uint64_t given(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    return text != nullptr ? std::stoull(text) : otherwise;
}

struct counted_action : action {
    explicit counted_action(const action& which) : action(which) {}
    std::atomic<std::uint64_t> times = 0;
};

/// At random until the time is over, or a test has failed.
void act(std::vector<std::unique_ptr<counted_action>>& actions, const windpipe::deadline& until, std::uint64_t seed) {
    dice random(seed);
    while (!until.has_passed() && !testing::Test::HasFailure()) {
        counted_action& next = *actions[random.below(actions.size())];
        const waiting_for where(next.name);
        try {
            next.run(random);
        } catch (const windpipe::failure& thrown) {
            EXPECT_TRUE(is_lost_process(thrown.cause())) << next.name << ": " << thrown.what();
        } catch (const std::exception& thrown) {
            ADD_FAILURE() << next.name << ": " << thrown.what();
        }
        ++next.times;
    }
}

void act_in_threads(std::vector<std::unique_ptr<counted_action>>& actions, const windpipe::deadline& until,
                    std::uint64_t seed) {
    std::vector<std::jthread> threads;
    for (std::size_t n = 0; n < threads_of_soak; ++n) {
        threads.emplace_back([&actions, until, seed, n] { act(actions, until, seed + n); });
    }
}

TEST(soak, leaves_everything_as_it_was) {
    const std::chrono::seconds time(given("WINDPIPE_SOAK_SECONDS", 60));
    const std::uint64_t seed = given("WINDPIPE_SOAK_SEED", std::random_device{}());
    std::cout << "WINDPIPE_SOAK_SEED=" << seed << std::endl; // before anything can hang
    allow(time + time_to_finish);
    std::vector<std::unique_ptr<counted_action>> actions;
    for (const auto& some : {pipe_actions(), process_actions()}) {
        for (const action& each : some) {
            actions.push_back(std::make_unique<counted_action>(each));
        }
    }
    act_in_threads(actions, 2s, seed); // makes what the library makes once and keeps
    while (children() > 0) {           // those that were let go
        std::this_thread::yield();
    }
    const waiting_for where("what has not been given back");
    const expect_nothing_leaked watch;
    const std::ptrdiff_t before = live_allocations();
    act_in_threads(actions, time, seed + threads_of_soak);
    allow(60s);
    while (live_allocations() > before && !testing::Test::HasFailure()) {
        std::this_thread::yield();
    }
    for (const auto& each : actions) {
        std::cout << each->times << " times: " << each->name << '\n';
        EXPECT_GT(each->times, 0U) << each->name;
    }
}

} // namespace

} // namespace windpipe_test::soak

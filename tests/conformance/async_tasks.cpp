// Tasks, times and posts of a loop.
#include "helpers/on_loop.hpp"
#include "support/accounts.hpp"

#include <windpipe/async.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::result;
using windpipe::task;

task<int> give(int value) { co_return value; }

task<int> fail() {
    throw std::runtime_error("on purpose");
    co_return 0;
}

TEST(async_tasks, give_what_they_return) {
    auto loop = make_loop();
    EXPECT_VALUE(loop.run(give(7)), 7);
    const auto sum = [](int a, int b) -> task<int> { co_return co_await give(a) + co_await give(b); };
    EXPECT_VALUE(loop.run(sum(20, 22)), 42);
    const auto moved = [](std::unique_ptr<int> what) -> task<std::unique_ptr<int>> { co_return what; };
    EXPECT_EQ(**loop.run(moved(std::make_unique<int>(5))), 5);
}

TEST(async_tasks, begin_when_they_are_waited_for) {
    auto loop = make_loop();
    bool begun = false;
    const auto begin = [](bool& told) -> task<> {
        told = true;
        co_return;
    };
    auto lazy = begin(begun);
    EXPECT_FALSE(begun);
    EXPECT_OK(loop.run(std::move(lazy)));
    EXPECT_TRUE(begun);
    begun = false;
    loop.spawn(begin(begun));
    EXPECT_FALSE(begun);
    EXPECT_OK(loop.run());
    EXPECT_TRUE(begun);
}

TEST(async_tasks, throw_to_those_who_wait) {
    auto loop = make_loop();
    EXPECT_THROW((void)loop.run(fail()), std::runtime_error);
    const auto catches = []() -> task<bool> {
        try {
            (void)co_await fail();
        } catch (const std::runtime_error&) {
            co_return true;
        }
        co_return false;
    };
    EXPECT_VALUE(loop.run(catches()), true);
    const auto throws = []() -> task<> { (void)co_await fail(); };
    loop.spawn(throws());
    EXPECT_THROW((void)loop.run(), std::runtime_error);
    EXPECT_OK(loop.run()) << "it has ended";
}

TEST(async_tasks, that_end_at_once_do_not_fill_the_stack) {
    auto loop = make_loop();
    const auto many = []() -> task<int> {
        int sum = 0;
        for (int i = 0; i < 200'000; ++i) {
            sum += co_await give(1);
        }
        co_return sum;
    };
    EXPECT_VALUE(loop.run(many()), 200'000);
}

TEST(async_tasks, sleep_in_the_order_of_their_times) {
    auto loop = make_loop();
    std::vector<int> woken;
    const auto start = windpipe::deadline::clock::now();
    const auto sleep = [](windpipe::loop& on, windpipe::deadline when, int number, std::vector<int>& into) -> task<> {
        EXPECT_OK(co_await on.sleep_until(when));
        into.push_back(number);
    };
    for (const int number : {5, 1, 4, 2, 3}) {
        loop.spawn(sleep(loop, start + number * 2ms, number, woken));
    }
    ASSERT_OK(loop.run());
    EXPECT_EQ(woken, (std::vector{1, 2, 3, 4, 5}));
    EXPECT_GE(windpipe::deadline::clock::now(), start + 10ms);
}

TEST(async_tasks, are_woken_by_a_stop) {
    auto loop = make_loop();
    std::stop_source source;
    const auto sleep = [](windpipe::loop& on, std::stop_token stop) -> task<result<void>> {
        co_return co_await on.sleep_until(windpipe::never, stop);
    };
    loop.post([&] { source.request_stop(); });
    EXPECT_FAILS(loop.run(sleep(loop, source.get_token())), operation_canceled);
    EXPECT_FAILS(loop.run(sleep(loop, source.get_token())), operation_canceled);
}

TEST(async_tasks, that_do_not_end_are_left_for_another_time) {
    auto loop = make_loop();
    std::stop_source source;
    const auto sleep = [](windpipe::loop& on, std::stop_token stop) -> task<> {
        EXPECT_FAILS(co_await on.sleep_until(1h, stop), operation_canceled);
    };
    loop.spawn(sleep(loop, source.get_token()));
    EXPECT_VALUE(loop.run_until(1ms), false);
    EXPECT_VALUE(loop.run(give(1)), 1); // the others need not end for that
    source.request_stop();
    EXPECT_VALUE(loop.run_until(windpipe::never), true);
}

TEST(async_tasks, and_what_they_hold_are_destroyed_with_the_loop) {
    const auto held = std::make_shared<int>(0);
    {
        auto loop = make_loop();
        const auto hold = [](windpipe::loop& on, std::shared_ptr<int> what) -> task<> {
            const auto sleep = [](windpipe::loop& inner, std::shared_ptr<int> inner_what) -> task<> {
                EXPECT_OK(co_await inner.sleep_until(1h));
                ++*inner_what;
            };
            co_await sleep(on, what);
        };
        loop.spawn(hold(loop, held));
        loop.spawn(hold(loop, held));
        EXPECT_VALUE(loop.run_until(1ms), false);
        loop.spawn(hold(loop, held)); // never begun
        EXPECT_GT(held.use_count(), 1);
    }
    EXPECT_EQ(held.use_count(), 1);
    EXPECT_EQ(*held, 0);
}

TEST(async_posts, from_many_threads_all_arrive) {
    auto loop = make_loop();
    constexpr int threads = 4;
    constexpr int each = 1000;
    int arrived = 0;
    std::stop_source enough;
    const auto wait = [](windpipe::loop& on, std::stop_token stop) -> task<> {
        (void)co_await on.sleep_until(windpipe::never, stop);
    };
    std::vector<std::jthread> posters;
    posters.reserve(threads);
    for (int i = 0; i < threads; ++i) {
        posters.emplace_back([&] {
            for (int n = 0; n < each; ++n) {
                loop.post([&] {
                    if (++arrived == threads * each) {
                        enough.request_stop();
                    }
                });
            }
        });
    }
    ASSERT_OK(loop.run(wait(loop, enough.get_token())));
    EXPECT_EQ(arrived, threads * each);
}

TEST(async_posts, that_throw_leave_the_rest_for_the_next_run) {
    auto loop = make_loop();
    bool called = false;
    loop.post([] { throw std::runtime_error("on purpose"); });
    loop.post([&] { called = true; });
    EXPECT_THROW((void)loop.run(), std::runtime_error);
    EXPECT_OK(loop.run());
    EXPECT_TRUE(called);
}

TEST(async_loop, without_anything_to_do_returns_at_once) {
    const expect_nothing_leaked watch;
    auto loop = make_loop();
    EXPECT_OK(loop.run());
    EXPECT_VALUE(loop.run_until(windpipe::never), true);
    auto moved = std::move(loop);
    EXPECT_OK(moved.run());
}

} // namespace
} // namespace windpipe_test

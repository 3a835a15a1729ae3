#include "core/timer_heap.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

namespace {

using namespace std::chrono_literals;
using windpipe::timer_heap;

timer_heap::timer at(std::chrono::nanoseconds when) {
    return {.due = windpipe::deadline::clock::time_point(when), .place = timer_heap::timer::unset};
}

std::vector<std::int64_t> taken_in_order(timer_heap& heap) {
    std::vector<std::int64_t> order;
    while (!heap.empty()) {
        timer_heap::timer& first = heap.first();
        order.push_back(first.due.time_since_epoch().count());
        heap.remove(first);
        EXPECT_EQ(first.place, timer_heap::timer::unset);
    }
    return order;
}

TEST(timer_heap, gives_the_earliest_first) {
    timer_heap heap;
    EXPECT_TRUE(heap.empty());
    std::deque timers{at(5ns), at(1ns), at(4ns), at(1ns), at(3ns)};
    for (auto& timer : timers) {
        EXPECT_TRUE(heap.add(timer));
    }
    EXPECT_EQ(taken_in_order(heap), (std::vector<std::int64_t>{1, 1, 3, 4, 5}));
}

TEST(timer_heap, lets_any_be_removed_at_any_time) {
    std::mt19937 random(4711); // NOLINT(bugprone-random-generator-seed): the same in every run
    for (int round = 0; round < 200; ++round) {
        timer_heap heap;
        std::deque<timer_heap::timer> timers;
        for (int i = 0; i < 60; ++i) {
            timers.push_back(at(std::chrono::nanoseconds(random() % 40)));
            ASSERT_TRUE(heap.add(timers.back()));
        }
        std::vector<std::int64_t> left;
        for (auto& timer : timers) {
            if (random() % 2 == 0) {
                heap.remove(timer);
                heap.remove(timer); // of one that is in no heap, nothing
            } else {
                left.push_back(timer.due.time_since_epoch().count());
            }
        }
        std::ranges::sort(left);
        ASSERT_EQ(taken_in_order(heap), left);
    }
}

} // namespace

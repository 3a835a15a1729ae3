// The lock of one side of a ring: who owns it, and who takes it from him.
#include "ring_lock.hpp"

#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// What this thread does between the two steps of its next try_own().
thread_local std::function<void()> meanwhile; // NOLINT(*-avoid-non-const-global-variables)

struct between {
    void operator()() const {
        if (meanwhile) {
            std::exchange(meanwhile, nullptr)();
        }
    }
};
using lock_of_test = windpipe::detail::basic_ring_lock<between>;

/// Has it as often as it takes to own it. False: it is not to be had.
bool own(lock_of_test& lock) {
    for (int i = 0; i < 100'000; ++i) {
        lock.lock();
        lock.unlock();
        if (lock.try_own()) {
            return true;
        }
    }
    return false;
}

/// Threads wait here for each other.
class step {
public:
    void reach() {
        const std::scoped_lock lock(mutex_);
        reached_ = true;
        changed_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return reached_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool reached_ = false;
};

/// Time for others to do what they must not.
void let_others_err() {
    for (int i = 0; i < 2000; ++i) {
        std::this_thread::yield();
    }
}

class ring_lock : public testing::Test {
protected:
    void SetUp() override {
        if (!windpipe::platform::can_order_threads()) {
            GTEST_SKIP() << "nobody can own a lock where there is no barrier for all threads, as in Wine";
        }
    }
};

TEST_F(ring_lock, is_owned_by_a_thread_that_has_it_for_itself) {
    lock_of_test lock;
    EXPECT_FALSE(lock.try_own());
    ASSERT_TRUE(own(lock));
    lock.leave();
    EXPECT_TRUE(lock.try_own());
    lock.leave();
    EXPECT_FALSE(lock.try_lock()) << "its owner need not";
}

TEST_F(ring_lock, is_taken_from_its_owner_and_owned_again_by_who_has_it_for_long) {
    lock_of_test lock;
    ASSERT_TRUE(own(lock));
    lock.leave();
    std::jthread([&] {
        EXPECT_FALSE(lock.try_own());
        ASSERT_TRUE(own(lock));
        lock.leave();
    }).join();
    EXPECT_FALSE(lock.try_own());
}

TEST_F(ring_lock, is_not_taken_from_an_owner_who_is_inside) {
    lock_of_test lock;
    ASSERT_TRUE(own(lock));
    bool left = false; // guarded by the lock
    step other_asks;
    std::jthread other([&] {
        other_asks.reach();
        lock.lock();
        EXPECT_TRUE(left);
        lock.unlock();
    });
    other_asks.wait();
    let_others_err();
    left = true;
    lock.leave();
}

TEST_F(ring_lock, is_not_opened_by_an_owner_of_before_who_comes_late) {
    lock_of_test lock;
    step first_is_between;
    step second_is_inside;
    step first_has_tried;
    bool second_left = false; // guarded by the lock
    std::jthread first([&] {
        EXPECT_TRUE(own(lock));
        lock.leave();
        meanwhile = [&] {
            first_is_between.reach();
            second_is_inside.wait();
        };
        EXPECT_FALSE(lock.try_own());
        first_is_between.reach();
        first_has_tried.reach();
        lock.lock();
        EXPECT_TRUE(second_left);
        lock.unlock();
    });
    first_is_between.wait();
    EXPECT_TRUE(own(lock));
    second_is_inside.reach();
    first_has_tried.wait();
    let_others_err();
    second_left = true;
    lock.leave();
}

TEST_F(ring_lock, is_a_mutex_at_last_where_it_is_handed_on_again_and_again) {
    lock_of_test lock;
    bool owned = true;
    int owners = 0;
    while (owned) {
        std::jthread([&] {
            owned = own(lock);
            if (owned) {
                lock.leave();
            }
        }).join();
        owners += owned ? 1 : 0;
        ASSERT_LT(owners, 100);
    }
    EXPECT_EQ(owners, 16);
    EXPECT_TRUE(lock.try_lock());
    lock.unlock();
}

TEST_F(ring_lock, lets_one_thread_in_at_a_time_whichever_way_it_comes) {
    constexpr int calls = 2000;
    for (int time = 0; time < 50; ++time) {
        windpipe::detail::ring_lock lock;
        std::array<int, 3> counts{}; // guarded by the lock
        const auto count = [&] {
            for (int i = 0; i < calls; ++i) {
                const bool owns = lock.try_own();
                if (!owns) {
                    lock.lock();
                }
                for (int& each : counts) {
                    each += 1;
                }
                if (owns) {
                    lock.leave();
                } else {
                    lock.unlock();
                }
                if (i % 400 == 0) {
                    std::this_thread::yield();
                }
            }
        };
        {
            std::jthread one(count);
            std::jthread two(count);
            count();
        }
        for (const int each : counts) {
            EXPECT_EQ(each, 3 * calls);
        }
    }
}

} // namespace

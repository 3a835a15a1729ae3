// watchdog.cpp - one thread that sleeps until the running test has had its time.
#include "support/watchdog.hpp"

#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace windpipe_test {

namespace {

using clock = std::chrono::steady_clock;

class watchdog {
public:
    void arm(std::string test, std::chrono::seconds time) {
        const std::scoped_lock lock(mutex_);
        if (!thread_.joinable()) {
            thread_ = std::thread([this] { watch(); });
        }
        test_ = std::move(test);
        time_ = time;
        until_ = clock::now() + time;
        changed_.notify_all();
    }

    void extend(std::chrono::seconds time) {
        const std::scoped_lock lock(mutex_);
        time_ = time;
        until_ = clock::now() + time;
        changed_.notify_all();
    }

    void disarm() {
        const std::scoped_lock lock(mutex_);
        until_ = clock::time_point::max();
        changed_.notify_all();
    }

    void push(std::string what) {
        const std::scoped_lock lock(mutex_);
        waits_[std::this_thread::get_id()].push_back(std::move(what));
    }

    void pop() {
        const std::scoped_lock lock(mutex_);
        const auto found = waits_.find(std::this_thread::get_id());
        found->second.pop_back();
        if (found->second.empty()) {
            waits_.erase(found);
        }
    }

    ~watchdog() {
        {
            const std::scoped_lock lock(mutex_);
            ending_ = true;
            changed_.notify_all();
        }
        if (thread_.joinable()) {
            thread_.join();
        }
    }

private:
    void watch() {
        std::unique_lock lock(mutex_);
        while (!ending_) {
            if (until_ == clock::time_point::max()) {
                changed_.wait(lock);
            } else if (clock::now() < until_) {
                changed_.wait_until(lock, until_);
            } else {
                give_up();
            }
        }
    }

    [[noreturn]] void give_up() {
        std::fprintf(stderr, "\nwatchdog: %s has not ended within %lld s\n", test_.c_str(),
                     static_cast<long long>(time_.count()));
        for (const auto& [thread, texts] : waits_) {
            for (const std::string& text : texts) {
                std::fprintf(stderr, "  a thread waits for %s\n", text.c_str());
            }
        }
        std::fprintf(stderr, "%s", detail::describe_threads().c_str());
        for (const std::string& handle : open_handles()) {
            std::fprintf(stderr, "  open: %s\n", handle.c_str());
        }
        std::fflush(nullptr);
        detail::kill_children();
        std::_Exit(97);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::thread thread_;
    std::string test_;
    std::chrono::seconds time_{};
    clock::time_point until_ = clock::time_point::max();
    std::map<std::thread::id, std::vector<std::string>> waits_;
    bool ending_ = false;
};

watchdog& the_watchdog() {
    static watchdog only;
    return only;
}

class arm_for_each_test : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo& test) override {
        the_watchdog().arm(std::string(test.test_suite_name()) + "." + test.name(), detail::usual_time());
    }
    void OnTestEnd(const testing::TestInfo& /*test*/) override { the_watchdog().disarm(); }
};

} // namespace

waiting_for::waiting_for(std::string what) { the_watchdog().push(std::move(what)); }
waiting_for::~waiting_for() { the_watchdog().pop(); }

void allow(std::chrono::seconds time) { the_watchdog().extend(time); }

void install_watchdog() { testing::UnitTest::GetInstance()->listeners().Append(new arm_for_each_test); }

} // namespace windpipe_test

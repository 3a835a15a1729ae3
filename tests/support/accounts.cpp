// accounts.cpp - the comparison of two counts.
#include "support/accounts.hpp"

#include "support/watchdog.hpp"

#include <windpipe/pipe.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

namespace windpipe_test {

namespace {

using namespace std::chrono_literals;

/// Makes the calls after which a thread keeps handles of its own. Some it may give up and make again: every time.
void make_what_a_thread_keeps() {
    SUCCEED(); // on Windows GoogleTest keeps a thread for each thread that has told it something
    auto pipe = windpipe::or_throw(windpipe::make_pipe());
    std::array<std::byte, 1> byte{};
    windpipe::or_throw(pipe.writer.write(byte));
    windpipe::or_throw(pipe.reader.peek(byte));
    windpipe::or_throw(pipe.reader.read_some(byte));
    // A wait needs a handle for good, but a deadline that has passed before the call gets to it is no wait.
    static thread_local bool has_waited = false;
    if (std::exchange(has_waited, true)) {
        return;
    }
    const auto handles = open_handles().size();
    for (auto time = 1ms; open_handles().size() == handles && time < 1s; time *= 2) {
        static_cast<void>(pipe.reader.read_some(byte, {.until = time}));
    }
}

/// What is on its way out is gone in a while: the system ends threads and processes after it has told us of it. What
/// stays, the watchdog reports.
void wait_until(const std::function<bool()>& condition, const std::function<std::string()>& describe) {
    if (condition()) {
        return;
    }
    const waiting_for gone(describe());
    while (!condition()) {
        std::this_thread::yield();
    }
}

/// Whether `now` has more of a kind than `before`, beyond what is tolerated.
bool grew(const std::map<std::string, std::size_t>& now, const std::map<std::string, std::size_t>& before) {
    return std::ranges::any_of(now, [&](const auto& entry) {
        const auto found = before.find(entry.first);
        return entry.second > (found == before.end() ? 0 : found->second) + detail::tolerated(entry.first);
    });
}

std::string new_ones(const std::vector<std::string>& now, const std::vector<std::string>& before) {
    std::string lines;
    for (const std::string& handle : now) {
        if (std::ranges::find(before, handle) == before.end()) {
            lines.append("  new: ").append(handle).append("\n");
        }
    }
    return lines;
}

} // namespace

expect_nothing_leaked::expect_nothing_leaked() {
    make_what_a_thread_keeps();
    handles_ = detail::count_handles();
    list_ = open_handles();
    threads_ = threads();
    children_ = children();
}

expect_nothing_leaked::~expect_nothing_leaked() {
    wait_until([&] { return threads() <= threads_; },
               [&] { return "no more than " + std::to_string(threads_) + " threads: something has leaked one"; });
    wait_until([&] { return children() <= children_; },
               [&] { return "no more than " + std::to_string(children_) + " children: something has leaked one"; });
    // One that was let go before is reaped by another thread.
    wait_until([] { return zombies() == 0; }, [] { return "no zombies: something leaves one"; });
    wait_until([&] { return !grew(detail::count_handles(), handles_); },
               [&] { return "handles to be closed that were left open\n" + new_ones(open_handles(), list_); });
}

} // namespace windpipe_test

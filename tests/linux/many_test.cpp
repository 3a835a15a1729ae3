// Thousands of children and of pipes in one thread.
#include "conformance/helpers/on_loop.hpp"
#include "support/accounts.hpp"
#include "support/watchdog.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace {

using windpipe::command;
using windpipe::loop;
using windpipe::or_throw;
using windpipe::piped;
using windpipe::task;

// The system's own cat and not a test child: that may be built with a sanitizer, and be a thousand times larger.

task<> talk(loop& on, std::string text, std::size_t& alive, std::size_t wanted, std::size_t& answered) {
    auto child = or_throw(command{"cat"}.in(piped).out(piped).spawn());
    ++alive;
    while (alive < wanted) { // until all are there
        EXPECT_OK(co_await on.sleep_until(std::chrono::milliseconds(1)));
    }
    EXPECT_FALSE(or_throw(child.try_wait()));
    EXPECT_OK(co_await on.write(child.in, text));
    child.in.close();
    EXPECT_VALUE(co_await windpipe_test::read_all_on(on, child.out), text);
    EXPECT_VALUE(co_await on.wait(child), windpipe::exit_status::exited(0));
    ++answered;
}

TEST(many, two_thousand_children_are_alive_at_once_and_answer_in_one_thread) {
    constexpr std::size_t count = 2000;
    constexpr std::size_t handles_of_each = 3; // two ends and the process
    if (!windpipe_test::allow_open_handles(count * handles_of_each + 10)) {
        GTEST_SKIP() << "this process may not open 6000 descriptors";
    }
    windpipe_test::allow(std::chrono::seconds(300));
    const windpipe_test::expect_nothing_leaked watch;
    auto on = windpipe_test::make_loop();
    std::size_t alive = 0;
    std::size_t answered = 0;
    for (std::size_t i = 0; i < count; ++i) {
        on.spawn(talk(on, "child " + std::to_string(i), alive, count, answered));
    }
    ASSERT_OK(on.run());
    EXPECT_EQ(answered, count);
}

TEST(many, two_thousand_captures_at_once_are_each_complete) {
    constexpr std::size_t count = 2000;
    constexpr std::size_t handles_of_each = 4; // three ends and the process
    if (!windpipe_test::allow_open_handles(count * handles_of_each + 10)) {
        GTEST_SKIP() << "this process may not open 8000 descriptors";
    }
    windpipe_test::allow(std::chrono::seconds(300));
    const windpipe_test::expect_nothing_leaked watch;
    auto on = windpipe_test::make_loop();
    std::vector<windpipe::result<windpipe::run_result>> done(count);
    std::vector<std::string> inputs;
    inputs.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        inputs.emplace_back(1000 + i, static_cast<char>('a' + i % 26));
    }
    for (std::size_t i = 0; i < count; ++i) {
        on.spawn(windpipe_test::put_down(windpipe::async_run(on, command{"cat"}, {.input = inputs[i]}), done[i]));
    }
    ASSERT_OK(on.run());
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_OK(done[i]);
        ASSERT_TRUE(done[i]->out.head == inputs[i]) << i;
    }
}

task<> take(loop& on, windpipe::pipe_reader& from, std::size_t size, std::size_t& came) {
    std::vector<std::byte> into(size);
    while (came < size) {
        came += or_throw(co_await on.read_some(from, into));
    }
}

task<bool> give(loop& on, windpipe::pipe_writer& to, std::size_t size) {
    const std::vector<std::byte> bytes(size);
    co_return (co_await on.write(to, bytes)).has_value();
}

// The set of the first still knows both ends when they come back.
TEST(many, loops_may_take_turns_in_waiting_for_an_end) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const std::size_t size = 3 * or_throw(reader.capacity());
    auto one = windpipe_test::make_loop();
    auto other = windpipe_test::make_loop();
    for (loop* const on : {&one, &other, &one, &other}) {
        std::size_t came = 0;
        on->spawn(take(*on, reader, size, came));
        EXPECT_TRUE(on->run(give(*on, writer, size)));
        ASSERT_OK(on->run());
        EXPECT_EQ(came, size);
    }
}

/// How many descriptors this process may have open, after raising that as far as it may.
std::size_t most_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return 0;
    }
    (void)windpipe_test::allow_open_handles(std::max<std::size_t>(limit.rlim_max, 1000) - 1000);
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

task<> listen(loop& on, windpipe::pipe_reader& from, std::size_t number, std::size_t& last) {
    std::byte byte{};
    while (or_throw(co_await on.read_some(from, {&byte, 1})) == 1) {
        last = number;
    }
}

// Two descriptors a pipe: where 20,000 may be open, as often, it is fewer than 10,000 by those that others have.
TEST(many, as_many_of_ten_thousand_pipes_as_may_be_open_are_waited_for_and_the_one_that_speaks_is_heard) {
    constexpr std::size_t wanted = 10'000;
    constexpr std::size_t others = 100;
    constexpr std::size_t fewest = 5'000;
    const std::size_t may_be_open = most_descriptors();
    const std::size_t count = std::min(wanted, (std::max(may_be_open, others) - others) / 2);
    if (count < fewest) {
        GTEST_SKIP() << "this process may open only " << may_be_open << " descriptors";
    }
    RecordProperty("pipes", std::to_string(count));
    const windpipe_test::expect_nothing_leaked watch;
    auto on = windpipe_test::make_loop();
    std::vector<windpipe::pipe_ends> pipes;
    for (std::size_t i = 0; i < count; ++i) {
        auto made = windpipe::make_pipe();
        if (!made && made.error().code == std::errc::too_many_files_open) {
            GTEST_SKIP() << "this system does not open 20000 descriptors";
        }
        pipes.push_back(or_throw(std::move(made)));
    }
    std::size_t last = count;
    for (std::size_t i = 0; i < count; ++i) {
        on.spawn(listen(on, pipes[i].reader, i, last));
    }
    ASSERT_OK(on.run_until(std::chrono::nanoseconds(0)));
    std::mt19937 random(4711); // NOLINT(bugprone-random-generator-seed): the same in every run
    const auto speak = [](loop& where, windpipe::pipe_writer& to, std::size_t number, std::size_t& heard) -> task<> {
        EXPECT_OK(co_await where.write(to, "x"));
        while (heard != number) { // the watchdog ends a test that waits here for ever
            EXPECT_OK(co_await where.sleep_until(std::chrono::nanoseconds(1)));
        }
    };
    for (int turn = 0; turn < 1000; ++turn) {
        const std::size_t number = random() % count;
        last = count;
        ASSERT_OK(on.run(speak(on, pipes[number].writer, number, last)));
    }
    for (auto& each : pipes) {
        each.writer.close();
    }
    ASSERT_OK(on.run());
}

} // namespace

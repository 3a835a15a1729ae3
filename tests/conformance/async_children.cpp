// Waiting for children on a loop.
#include "helpers/on_loop.hpp"
#include "helpers/processes.hpp"
#include "support/accounts.hpp"

#include <windpipe/windpipe.hpp>

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::exit_status;
using windpipe::or_throw;
using windpipe::piped;
using windpipe::result;
using windpipe::task;

task<result<exit_status>> wait_on(windpipe::loop& on, windpipe::child& who, windpipe::wait_limit limit = {}) {
    co_return co_await on.wait(who, limit);
}

TEST(async_children, are_waited_for_and_reaped) {
    const expect_nothing_leaked watch;
    auto loop = make_loop();
    auto child = or_throw(child_command("exit_with", "3").spawn());
    EXPECT_VALUE(loop.run(wait_on(loop, child)), exit_status::exited(3));
    EXPECT_VALUE(loop.run(wait_on(loop, child)), exit_status::exited(3)); // and again
    EXPECT_VALUE(child.wait(), exit_status::exited(3));
    EXPECT_TRUE(child.usage());
}

TEST(async_children, are_waited_for_by_several_at_once) {
    const expect_nothing_leaked watch;
    auto loop = make_loop();
    auto child = or_throw(child_command("cat").in(piped).out(windpipe::null).spawn());
    std::vector<result<exit_status>> ended(3, exit_status::exited(77));
    for (auto& into : ended) {
        loop.spawn(put_down(wait_on(loop, child), into));
    }
    EXPECT_VALUE(loop.run_until(1ms), false);
    child.in.close();
    ASSERT_OK(loop.run());
    for (const auto& each : ended) {
        EXPECT_VALUE(each, exit_status::exited(0));
    }
}

TEST(async_children, that_run_are_left_alone_by_a_deadline_and_by_a_stop) {
    const expect_nothing_leaked watch;
    auto loop = make_loop();
    auto child = or_throw(child_command("cat").in(piped).out(windpipe::null).spawn());
    EXPECT_FAILS(loop.run(wait_on(loop, child, {.until = 1ms})), timed_out);
    EXPECT_FAILS(loop.run(wait_on(loop, child, {.until = 0ms})), timed_out);
    std::stop_source source;
    result<exit_status> ended = exit_status::exited(77);
    loop.spawn(put_down(wait_on(loop, child, {.stop = source.get_token()}), ended));
    EXPECT_VALUE(loop.run_until(1ms), false);
    const std::jthread stopper([&] { source.request_stop(); });
    EXPECT_OK(loop.run());
    EXPECT_FAILS(ended, operation_canceled);
    EXPECT_TRUE(still_running(child));
    child.in.close();
    EXPECT_VALUE(loop.run(wait_on(loop, child, {.until = 1h})), exit_status::exited(0));
}

TEST(async_children, that_are_killed_are_noticed) {
    const expect_nothing_leaked watch;
    auto loop = make_loop();
    auto child = or_throw(child_command("sleep_forever").spawn());
    result<exit_status> ended = exit_status::exited(77);
    loop.spawn(put_down(wait_on(loop, child), ended));
    EXPECT_VALUE(loop.run_until(1ms), false);
    EXPECT_OK(child.kill());
    EXPECT_OK(loop.run());
    EXPECT_VALUE(ended, exit_status::signalled(9));
}

TEST(async_children, that_go_while_they_are_waited_for_end_the_wait) {
    const expect_nothing_leaked watch;
    auto loop = make_loop();
    std::optional child = or_throw(child_command("sleep_forever").spawn());
    result<exit_status> ended = exit_status::exited(77);
    loop.spawn(put_down(wait_on(loop, *child), ended));
    EXPECT_VALUE(loop.run_until(1ms), false);
    child.reset();
    EXPECT_OK(loop.run());
    EXPECT_FAILS(ended, operation_canceled);
    windpipe::child none;
    EXPECT_FAILS(loop.run(wait_on(loop, none)), no_child_process);
}

TEST(async_children, speak_and_end_side_by_side) {
    const expect_nothing_leaked watch;
    constexpr int count = 20;
    auto loop = make_loop();
    const auto talk = [](windpipe::loop& on, int number) -> task<> {
        auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
        const std::string text = "child " + std::to_string(number);
        EXPECT_OK(co_await on.write(child.in, text));
        EXPECT_VALUE(co_await read_text_on(on, child.out), text);
        child.in.close();
        EXPECT_VALUE(co_await read_all_on(on, child.out), "");
        EXPECT_VALUE(co_await on.wait(child), exit_status::exited(0));
    };
    for (int number = 0; number < count; ++number) {
        loop.spawn(talk(loop, number));
    }
    ASSERT_OK(loop.run());
}

TEST(async_children, of_tasks_that_are_destroyed_are_killed) {
    const expect_nothing_leaked watch;
    auto loop = make_loop();
    const auto wait_for_ever = [](windpipe::loop& on) -> task<> {
        auto child = or_throw(child_command("sleep_forever").out(piped).spawn());
        (void)co_await read_text_on(on, child.out);
    };
    loop.spawn(wait_for_ever(loop));
    EXPECT_VALUE(loop.run_until(1ms), false);
}

} // namespace
} // namespace windpipe_test

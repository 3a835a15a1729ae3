// Children in an event loop of Asio.
#include "on_asio.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"

#include <windpipe/asio.hpp>
#include <windpipe/windpipe.hpp>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace windpipe_test {
namespace {

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using asio::awaitable;
using asio::use_awaitable;
using windpipe::async_wait;
using windpipe::exit_status;
using windpipe::or_throw;
using windpipe::piped;

TEST(asio_children, are_waited_for_and_reaped) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto child = or_throw(child_command("exit_with", "3").spawn());
        EXPECT_EQ(co_await async_wait(on, child, use_awaitable), exit_status::exited(3));
        EXPECT_EQ(co_await async_wait(on, child, use_awaitable), exit_status::exited(3)); // and again
        EXPECT_TRUE(child.usage());
        windpipe::child none;
        std::error_code code;
        co_await async_wait(on, none, asio::redirect_error(use_awaitable, code));
        EXPECT_EQ(code, std::errc::no_child_process);
    });
}

TEST(asio_children, that_run_are_left_alone_by_a_deadline) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto child = or_throw(child_command("cat").in(piped).out(windpipe::null).spawn());
        asio::steady_timer timer(on, 1ms);
        const auto first = co_await (async_wait(on, child, use_awaitable) || timer.async_wait(use_awaitable));
        EXPECT_EQ(first.index(), 1U);
        EXPECT_TRUE(still_running(child));
        child.in.close();
        timer.expires_after(1h);
        const auto second = co_await (async_wait(on, child, use_awaitable) || timer.async_wait(use_awaitable));
        EXPECT_EQ(std::get<0>(second), exit_status::exited(0));
    });
}

TEST(asio_children, that_are_killed_are_noticed) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto child = or_throw(child_command("sleep_forever").spawn());
        asio::post(on, [&] { EXPECT_OK(child.kill()); });
        EXPECT_EQ(co_await async_wait(on, child, use_awaitable), exit_status::signalled(9));
    });
}

awaitable<void> talk(std::string text, int& answered) {
    const auto on = co_await asio::this_coro::executor;
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    auto in = or_throw(windpipe::asio_writer::make(on, std::move(child.in)));
    auto out = or_throw(windpipe::asio_reader::make(on, std::move(child.out)));
    co_await asio::async_write(in, asio::buffer(text), use_awaitable);
    in.close();
    std::string answer;
    std::error_code code;
    co_await asio::async_read(out, asio::dynamic_buffer(answer), asio::redirect_error(use_awaitable, code));
    EXPECT_EQ(code, asio::error::eof) << code.message();
    EXPECT_EQ(answer, text);
    EXPECT_EQ(co_await async_wait(on, child, use_awaitable), exit_status::exited(0));
    ++answered;
}

TEST(asio_children, two_hundred_answer_side_by_side_in_one_thread) {
    const expect_nothing_leaked watch;
    constexpr int count = 200;
    int answered = 0;
    asio::io_context context(1);
    for (int number = 0; number < count; ++number) {
        asio::co_spawn(context, talk("child " + std::to_string(number), answered), asio::detached);
    }
    context.run();
    EXPECT_EQ(answered, count);
}

} // namespace
} // namespace windpipe_test

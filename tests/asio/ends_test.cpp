// Ends in an event loop of Asio.
#include "on_asio.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"
#include "support/native.hpp"
#include "support/pattern.hpp"

#include <windpipe/asio.hpp>
#include <windpipe/windpipe.hpp>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace windpipe_test {
namespace {

using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using asio::awaitable;
using asio::use_awaitable;
using windpipe::asio_reader;
using windpipe::asio_writer;
using windpipe::or_throw;
using windpipe::piped;

/// A running cat and our ends of it, as Asio's.
struct talk {
    windpipe::child child;
    asio_writer in;
    asio_reader out;
};

talk start(asio::any_io_executor on, const std::string& program = "cat") {
    auto child = or_throw(child_command(program).in(piped).out(piped).spawn());
    auto in = or_throw(asio_writer::make(on, std::move(child.in)));
    auto out = or_throw(asio_reader::make(on, std::move(child.out)));
    return {std::move(child), std::move(in), std::move(out)};
}

awaitable<std::size_t> read_once(asio_reader& from, asio::mutable_buffer into, std::error_code& code) {
    co_return co_await from.async_read_some(into, asio::redirect_error(use_awaitable, code));
}

awaitable<std::string> read_to_end(asio_reader& from) {
    std::string text;
    std::error_code code;
    co_await asio::async_read(from, asio::dynamic_buffer(text), asio::redirect_error(use_awaitable, code));
    EXPECT_EQ(code, asio::error::eof) << code.message();
    co_return text;
}

TEST(asio_ends, echo_through_a_child_until_the_end_of_the_stream) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        auto [child, in, out] = start(co_await asio::this_coro::executor);
        co_await asio::async_write(in, asio::buffer("ping", 4), use_awaitable);
        std::array<char, 4> answer{};
        co_await asio::async_read(out, asio::buffer(answer), use_awaitable);
        EXPECT_EQ(std::string_view(answer.data(), 4), "ping");
        in.close();
        EXPECT_FALSE(in.is_open());
        EXPECT_EQ(co_await read_to_end(out), "");
        EXPECT_TRUE(exited_with(child.wait(), 0));
    });
}

TEST(asio_ends, carry_much_in_both_directions_at_once) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        auto [child, in, out] = start(co_await asio::this_coro::executor);
        const std::string much = pattern_text(1'000'000);
        const auto feed = [](asio_writer& to, const std::string& bytes) -> awaitable<void> {
            const std::array<asio::const_buffer, 3> pieces{asio::buffer(bytes.data(), 1), asio::const_buffer(),
                                                           asio::buffer(bytes.data() + 1, bytes.size() - 1)};
            co_await asio::async_write(to, pieces, use_awaitable);
            to.close();
        };
        const auto got = co_await (feed(in, much) && read_to_end(out));
        EXPECT_TRUE(got == much);
        EXPECT_TRUE(exited_with(child.wait(), 0));
    });
}

TEST(asio_ends, that_nobody_reads_any_more_are_broken_pipes) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        auto [child, in, out] = start(co_await asio::this_coro::executor, "close_stdin_early");
        EXPECT_OK(child.wait());
        std::error_code code;
        const std::string much(1'000'000, 'x');
        co_await asio::async_write(in, asio::buffer(much), asio::redirect_error(use_awaitable, code));
        EXPECT_EQ(code, asio::error::broken_pipe) << code.message();
    });
}

TEST(asio_ends, do_nothing_for_no_bytes) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        auto [child, in, out] = start(co_await asio::this_coro::executor);
        EXPECT_EQ(co_await in.async_write_some(asio::const_buffer(), use_awaitable), 0U);
        EXPECT_EQ(co_await out.async_read_some(asio::mutable_buffer(), use_awaitable), 0U);
    });
}

TEST(asio_ends, that_are_closed_or_called_off_abort_what_waits) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto [child, in, out] = start(on);
        char byte = 0;
        std::error_code code;
        asio::post(on, [&] { out.cancel(); });
        EXPECT_EQ(co_await read_once(out, asio::buffer(&byte, 1), code), 0U);
        EXPECT_EQ(code, asio::error::operation_aborted) << code.message();
        asio::post(on, [&] { out.close(); });
        EXPECT_EQ(co_await read_once(out, asio::buffer(&byte, 1), code), 0U);
        EXPECT_EQ(code, asio::error::operation_aborted) << code.message();
        EXPECT_FALSE(out.is_open());
        EXPECT_EQ(co_await read_once(out, asio::buffer(&byte, 1), code), 0U);
        EXPECT_EQ(code, asio::error::bad_descriptor) << code.message();
    });
}

TEST(asio_ends, that_go_while_they_are_read_abort_it) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto [child, in, out] = start(on);
        std::optional<asio_reader> gone(std::move(out));
        char byte = 0;
        std::error_code code;
        asio::post(on, [&] { gone.reset(); });
        EXPECT_EQ(co_await read_once(*gone, asio::buffer(&byte, 1), code), 0U);
        EXPECT_EQ(code, asio::error::operation_aborted) << code.message();
    });
}

TEST(asio_ends, may_be_moved_while_they_are_read) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto [child, in, out] = start(on);
        std::optional<asio_reader> moved;
        char byte = 0;
        std::error_code code;
        asio::post(on, [&] {
            moved.emplace(std::move(out));
            in.async_write_some(asio::buffer("x", 1), asio::detached);
        });
        EXPECT_EQ(co_await read_once(out, asio::buffer(&byte, 1), code), 1U) << code.message();
        EXPECT_EQ(byte, 'x');
    });
}

TEST(asio_ends, lose_nothing_by_the_cancellation_of_one_operation) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto [child, in, out] = start(on);
        asio::cancellation_signal signal;
        char byte = 0;
        std::optional<std::error_code> ended;
        out.async_read_some(
            asio::buffer(&byte, 1),
            asio::bind_cancellation_slot(signal.slot(), [&](std::error_code code, std::size_t) { ended = code; }));
        co_await asio::post(on, use_awaitable);
        EXPECT_FALSE(ended);
        signal.emit(asio::cancellation_type::total);
        while (!ended) { // the watchdog ends a test that waits here for ever
            co_await asio::post(on, use_awaitable);
        }
        EXPECT_EQ(*ended, asio::error::operation_aborted);
        co_await asio::async_write(in, asio::buffer("after", 5), use_awaitable);
        in.close();
        EXPECT_EQ(co_await read_to_end(out), "after");
    });
}

TEST(asio_ends, wait_no_longer_than_a_timer_says) {
    const expect_nothing_leaked watch;
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto [child, in, out] = start(on);
        std::string text(100, '\0');
        asio::steady_timer timer(on, 1ms);
        const auto first =
            co_await (out.async_read_some(asio::buffer(text), use_awaitable) || timer.async_wait(use_awaitable));
        EXPECT_EQ(first.index(), 1U);
        co_await asio::async_write(in, asio::buffer("late", 4), use_awaitable);
        timer.expires_after(1h);
        const auto second =
            co_await (out.async_read_some(asio::buffer(text), use_awaitable) || timer.async_wait(use_awaitable));
        EXPECT_EQ(std::get<0>(second), 4U);
        EXPECT_EQ(text.substr(0, 4), "late");
    });
}

TEST(asio_ends, of_make_pipe_can_be_waited_for_where_the_system_can) {
    const expect_nothing_leaked watch;
    if (on_windows) { // they are synchronous there
        asio::io_context context;
        auto ends = or_throw(windpipe::make_pipe());
        EXPECT_FAILS(asio_reader::make(context.get_executor(), std::move(ends.reader)), invalid_argument);
        EXPECT_TRUE(ends.reader.is_open()); // NOLINT(bugprone-use-after-move): a failure leaves it
        return;
    }
    run_on_asio([]() -> awaitable<void> {
        const auto on = co_await asio::this_coro::executor;
        auto ends = or_throw(windpipe::make_pipe());
        const auto shared = or_throw(ends.reader.duplicate());
        auto reader = or_throw(asio_reader::make(on, std::move(ends.reader)));
        auto writer = or_throw(asio_writer::make(on, std::move(ends.writer)));
        const auto say = [](asio_writer& to) -> awaitable<void> {
            co_await asio::async_write(to, asio::buffer("through", 7), use_awaitable);
            to.close();
        };
        const auto got = co_await (read_to_end(reader) && say(writer));
        EXPECT_EQ(got, "through");
        EXPECT_TRUE(is_synchronous(shared.native_handle())) << "others share this end";
    });
}

TEST(asio_ends, that_are_closed_are_not_taken) {
    const expect_nothing_leaked watch;
    asio::io_context context;
    EXPECT_FAILS(asio_reader::make(context.get_executor(), windpipe::pipe_reader()), bad_file_descriptor);
    EXPECT_FAILS(asio_writer::make(context.get_executor(), windpipe::pipe_writer()), bad_file_descriptor);
}

} // namespace
} // namespace windpipe_test

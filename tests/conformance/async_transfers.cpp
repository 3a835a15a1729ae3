// Reading and writing on a loop, for every kind of end.
#include "helpers/on_loop.hpp"
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include <windpipe/async.hpp>

#include <chrono>
#include <optional>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::result;
using windpipe::task;

class async_transfers : public leak_checked, public testing::WithParamInterface<pipe_kind<system_pipe>> {
protected:
    static windpipe::pipe_ends make(const windpipe::pipe_options& options = {}) { return GetParam().make(options); }
};

INSTANTIATE_TEST_SUITE_P(each, async_transfers,
                         testing::ValuesIn(system_pipe::kinds().begin(), system_pipe::kinds().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(async_transfers, what_is_there_is_read_at_once) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    ASSERT_OK(writer.write("here"));
    EXPECT_VALUE(loop.run(read_text_on(loop, reader)), "here");
}

TEST_P(async_transfers, a_read_waits_for_a_later_write) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    result<std::string> got;
    loop.spawn(put_down(read_text_on(loop, reader), got));
    EXPECT_OK(loop.run(write_on(loop, writer, "later")));
    ASSERT_OK(loop.run());
    EXPECT_VALUE(got, "later");
}

TEST_P(async_transfers, a_read_again_and_again_gets_all_in_order) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    result<std::string> got;
    loop.spawn(put_down(read_all_on(loop, reader), got));
    const auto feed = [](windpipe::loop& on, windpipe::pipe_writer& to) -> task<> {
        for (int i = 0; i < 100; ++i) {
            EXPECT_OK(co_await on.write(to, std::to_string(i) + " "));
            EXPECT_OK(co_await on.sleep_until(i % 10 == 0 ? windpipe::deadline(1ms) : windpipe::deadline(0ms)));
        }
        to.close();
    };
    loop.spawn(feed(loop, writer));
    ASSERT_OK(loop.run());
    std::string expected;
    for (int i = 0; i < 100; ++i) {
        expected += std::to_string(i) + " ";
    }
    EXPECT_VALUE(got, expected);
}

TEST_P(async_transfers, the_end_of_the_stream_is_a_read_of_zero) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    result<std::string> got;
    loop.spawn(put_down(read_text_on(loop, reader), got));
    ASSERT_OK(loop.run_until(1ms));
    writer.close();
    ASSERT_OK(loop.run());
    EXPECT_VALUE(got, "");
    EXPECT_VALUE(loop.run(read_text_on(loop, reader)), ""); // and again
}

TEST_P(async_transfers, a_write_of_more_than_fits_goes_on_as_it_is_read) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    const std::string much = pattern_text(1'000'000);
    const auto feed = [](windpipe::loop& on, windpipe::pipe_writer& to, const std::string& bytes) -> task<> {
        EXPECT_OK(co_await on.write(to, bytes));
        to.close();
    };
    loop.spawn(feed(loop, writer, much));
    const auto got = loop.run(read_all_on(loop, reader));
    ASSERT_OK(got);
    EXPECT_TRUE(*got == much);
    ASSERT_OK(loop.run());
}

TEST_P(async_transfers, a_write_without_readers_is_a_broken_pipe) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    reader.close();
    EXPECT_FAILS(loop.run(write_on(loop, writer, "nobody")), broken_pipe);
}

TEST_P(async_transfers, a_write_is_broken_when_the_reader_goes_while_it_waits) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    const std::string much(1'000'000, 'x');
    result<void> written;
    loop.spawn(put_down(write_on(loop, writer, much), written));
    EXPECT_VALUE(loop.run_until(1ms), false);
    reader.close();
    ASSERT_OK(loop.run());
    EXPECT_FAILS(written, broken_pipe);
}

TEST_P(async_transfers, a_deadline_ends_a_read_and_takes_nothing) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    EXPECT_FAILS(loop.run(read_text_on(loop, reader, {.until = 1ms})), timed_out);
    EXPECT_FAILS(loop.run(read_text_on(loop, reader, at_once())), timed_out);
    ASSERT_OK(writer.write("kept"));
    EXPECT_VALUE(loop.run(read_text_on(loop, reader, at_once())), "kept"); // it is tried once
}

TEST_P(async_transfers, a_deadline_ends_a_write_which_tells_what_it_moved) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    const std::string much = pattern_text(1'000'000);
    const auto written = loop.run(write_on(loop, writer, much, {.until = 20ms}));
    ASSERT_FAILS(written, timed_out);
    const auto there = drain(reader);
    EXPECT_EQ(there.size(), written.error().transferred);
    EXPECT_EQ(pattern_difference(there), std::nullopt);
}

TEST_P(async_transfers, a_stop_from_another_thread_ends_a_read) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    std::stop_source source;
    result<std::string> got;
    loop.spawn(put_down(read_text_on(loop, reader, {.stop = source.get_token()}), got));
    EXPECT_VALUE(loop.run_until(1ms), false);
    const std::jthread stopper([&] { source.request_stop(); });
    EXPECT_OK(loop.run());
    EXPECT_FAILS(got, operation_canceled);
    ASSERT_OK(writer.write("kept"));
    EXPECT_FAILS(loop.run(read_text_on(loop, reader, {.stop = source.get_token()})), operation_canceled)
        << "requested before";
    EXPECT_VALUE(loop.run(read_text_on(loop, reader)), "kept");
}

TEST_P(async_transfers, closing_an_end_ends_what_waits_for_it) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    result<std::string> first;
    result<std::string> second;
    loop.spawn(put_down(read_text_on(loop, reader), first));
    loop.spawn(put_down(read_text_on(loop, reader), second));
    EXPECT_VALUE(loop.run_until(1ms), false);
    reader.close();
    ASSERT_OK(loop.run());
    EXPECT_FAILS(first, operation_canceled);
    EXPECT_FAILS(second, operation_canceled);
    EXPECT_FAILS(loop.run(read_text_on(loop, reader)), bad_file_descriptor);
}

TEST_P(async_transfers, reads_of_one_end_have_their_turns) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    result<std::string> first;
    result<std::string> second;
    loop.spawn(put_down(read_text_on(loop, reader), first));
    loop.spawn(put_down(read_text_on(loop, reader), second));
    EXPECT_VALUE(loop.run_until(1ms), false);
    ASSERT_OK(writer.write("one"));
    while (first && first->empty()) {
        EXPECT_VALUE(loop.run_until(1ms), false);
    }
    ASSERT_OK(writer.write("two"));
    ASSERT_OK(loop.run());
    EXPECT_VALUE(first, "one");
    EXPECT_VALUE(second, "two");
}

TEST_P(async_transfers, a_loop_that_goes_calls_off_its_tasks_and_takes_nothing_from_the_pipe) {
    auto [reader, writer] = make();
    result<std::string> got = "untouched";
    {
        auto loop = make_loop();
        loop.spawn(put_down(read_text_on(loop, reader), got));
        EXPECT_VALUE(loop.run_until(1ms), false);
    }
    EXPECT_VALUE(got, "untouched");
    ASSERT_OK(writer.write("still there"));
    EXPECT_VALUE(read_text(reader, 100), "still there");
}

TEST_P(async_transfers, a_stream_that_is_always_ready_lets_others_have_their_turn) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    bool enough = false;
    const auto spin = [](windpipe::loop& on, windpipe::pipe_ends& pipe, const bool& until) -> task<> {
        std::array<std::byte, 1> byte{};
        while (!until) {
            EXPECT_OK(co_await on.write(pipe.writer, byte));
            EXPECT_VALUE(co_await on.read_some(pipe.reader, byte), 1U);
        }
    };
    const auto stop = [](windpipe::loop& on, bool& now) -> task<> {
        EXPECT_OK(co_await on.sleep_until(1ms));
        now = true;
    };
    auto pipe = windpipe::pipe_ends{std::move(reader), std::move(writer)};
    loop.spawn(spin(loop, pipe, enough));
    loop.spawn(stop(loop, enough));
    ASSERT_OK(loop.run());
}

TEST_P(async_transfers, nothing_to_move_is_done_at_once) {
    auto [reader, writer] = make();
    auto loop = make_loop();
    const auto nothing = [](windpipe::loop& on, windpipe::pipe_reader& from) -> task<result<std::size_t>> {
        co_return co_await on.read_some(from, {});
    };
    EXPECT_VALUE(loop.run(nothing(loop, reader)), 0U);
    EXPECT_OK(loop.run(write_on(loop, writer, "")));
}

} // namespace
} // namespace windpipe_test

// Stop tokens: before, during and after a call.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <stop_token>
#include <thread>

namespace windpipe_test {
namespace {

PIPE_TEST(pipe_stop, requested_before_a_call_lets_it_do_nothing) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("kept"));
    std::stop_source source;
    source.request_stop();
    const windpipe::wait_limit stopped{.stop = source.get_token()};
    std::string all;
    std::array<std::byte, 4> buffer{};
    EXPECT_FAILS(reader.read_some(buffer, stopped), operation_canceled);
    EXPECT_FAILS(reader.read(buffer, stopped), operation_canceled);
    EXPECT_FAILS(reader.read_to_end(all, windpipe::no_limit, stopped), operation_canceled);
    EXPECT_FAILS(writer.write("x", stopped), operation_canceled);
    EXPECT_FAILS(writer.write_some(bytes_of("x"), stopped), operation_canceled);
    EXPECT_EQ(all, "");
    EXPECT_VALUE(read_text(reader, 100), "kept");
}

PIPE_TEST(pipe_stop, requested_while_a_read_waits_calls_it_off) {
    auto [reader, writer] = this->make();
    std::stop_source source;
    windpipe::result<std::string> got;
    observed_thread thread([&] { got = read_text(reader, 100, {.stop = source.get_token()}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    source.request_stop();
    thread.join();
    EXPECT_FAILS(got, operation_canceled);
    ASSERT_OK(writer.write("for the next"));
    EXPECT_VALUE(read_text(reader, 100), "for the next");
}

PIPE_TEST(pipe_stop, requested_while_a_filling_read_waits_keeps_what_it_had) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("12345"));
    std::stop_source source;
    std::array<std::byte, 8> buffer{};
    windpipe::result<std::size_t> outcome;
    observed_thread thread([&] { outcome = reader.read(buffer, {.stop = source.get_token()}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    source.request_stop();
    thread.join();
    ASSERT_FAILS(outcome, operation_canceled);
    const std::size_t transferred = outcome.error().transferred;
    EXPECT_EQ(text_of(std::span(buffer).first(transferred)) + text_of(drain(reader)), "12345");
}

PIPE_TEST(pipe_stop, requested_while_a_write_waits_calls_it_off) {
    auto [reader, writer] = this->make();
    const std::size_t full = fill(writer);
    std::stop_source source;
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = writer.write("x", {.stop = source.get_token()}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    source.request_stop();
    thread.join();
    ASSERT_FAILS(outcome, operation_canceled);
    EXPECT_EQ(outcome.error().transferred, 0U);
    expect_pattern(reader, full);
    EXPECT_VALUE(reader.available(), 0U);
}

PIPE_TEST(pipe_stop, of_one_source_calls_off_all_who_wait_with_it_and_nobody_else) {
    auto [reader, writer] = this->make();
    std::stop_source source;
    std::array<windpipe::result<std::string>, 5> outcomes;
    windpipe::result<std::string> other;
    observed_thread bystander([&] { other = read_text(reader, 100); });
    {
        std::vector<std::unique_ptr<observed_thread>> threads;
        for (auto& outcome : outcomes) {
            threads.push_back(std::make_unique<observed_thread>(
                [&] { outcome = read_text(reader, 100, {.stop = source.get_token()}); }));
        }
        for (auto& thread : threads) {
            ASSERT_TRUE(thread->wait_until_blocked());
        }
        ASSERT_TRUE(bystander.wait_until_blocked());
        source.request_stop();
    }
    for (const auto& outcome : outcomes) {
        EXPECT_FAILS(outcome, operation_canceled);
    }
    ASSERT_TRUE(bystander.wait_until_blocked());
    ASSERT_OK(writer.write("for the bystander"));
    bystander.join();
    EXPECT_VALUE(other, "for the bystander");
}

PIPE_TEST(pipe_stop, requested_after_a_call_has_no_effect_on_later_ones) {
    auto [reader, writer] = this->make();
    std::stop_source source;
    ASSERT_OK(writer.write("first"));
    EXPECT_VALUE(read_text(reader, 100, {.stop = source.get_token()}), "first");
    source.request_stop();
    windpipe::result<std::string> got;
    observed_thread thread([&] { got = read_text(reader, 100); });
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("second"));
    thread.join();
    EXPECT_VALUE(got, "second");
}

PIPE_TEST(pipe_stop, that_was_obeyed_leaves_no_trace_in_the_thread) {
    auto [reader, writer] = this->make();
    std::array<windpipe::result<std::string>, 2> outcomes;
    std::stop_source first;
    std::atomic<bool> obeyed = false;
    observed_thread thread([&] {
        outcomes[0] = read_text(reader, 100, {.stop = first.get_token()});
        obeyed = true;
        outcomes[1] = read_text(reader, 100);
    });
    ASSERT_TRUE(thread.wait_until_blocked());
    first.request_stop();
    while (!obeyed) { // it sleeps in the first call still
        std::this_thread::yield();
    }
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("afterwards"));
    thread.join();
    EXPECT_FAILS(outcomes[0], operation_canceled);
    EXPECT_VALUE(outcomes[1], "afterwards");
}

PIPE_TEST(pipe_stop, and_deadline_together_end_by_what_comes_first) {
    auto [reader, writer] = this->make();
    std::stop_source source;
    EXPECT_FAILS(read_text(reader, 10, {.until = std::chrono::milliseconds(10), .stop = source.get_token()}),
                 timed_out);
    windpipe::result<std::string> got;
    observed_thread thread(
        [&] { got = read_text(reader, 10, {.until = std::chrono::hours(1), .stop = source.get_token()}); });
    ASSERT_TRUE(thread.wait_until_blocked());
    source.request_stop();
    thread.join();
    EXPECT_FAILS(got, operation_canceled);
    EXPECT_FAILS(read_text(reader, 10, {.until = std::chrono::seconds(0), .stop = source.get_token()}),
                 operation_canceled);
}

PIPE_TEST(pipe_stop, that_races_with_data_loses_and_repeats_nothing) {
    auto [reader, writer] = this->make();
    std::string got;
    std::string sent;
    for (int round = 0; round < 300; ++round) {
        std::stop_source source;
        const std::string word = std::to_string(round) + ",";
        std::thread stopper([&] { source.request_stop(); });
        std::thread feeder([&] { EXPECT_OK(writer.write(word)); });
        const auto outcome = read_text(reader, 100, {.stop = source.get_token()});
        EXPECT_TRUE(outcome || fails_with(outcome, std::errc::operation_canceled));
        got += outcome.value_or("");
        stopper.join();
        feeder.join();
        sent += word;
    }
    EXPECT_EQ(got + text_of(drain(reader)), sent);
}

PIPE_TEST(pipe_stop, that_races_with_room_tells_what_was_written) {
    auto [reader, writer] = this->make();
    std::uint64_t written = fill(writer);
    std::uint64_t read = 0;
    for (int round = 0; round < 300; ++round) {
        std::stop_source source;
        std::vector<std::byte> got(6000);
        std::thread stopper([&] { source.request_stop(); });
        std::thread taker([&] {
            EXPECT_VALUE(reader.read(got), got.size());
            EXPECT_EQ(pattern_difference(got, read), std::nullopt);
        });
        const auto outcome = writer.write(pattern(6000, written), {.stop = source.get_token()});
        stopper.join();
        taker.join();
        EXPECT_TRUE(outcome || fails_with(outcome, std::errc::operation_canceled));
        written += outcome ? 6000 : outcome.error().transferred;
        read += 6000;
        if (written - read < 6000) {
            written += fill(writer, written);
        }
    }
    const auto rest = drain(reader);
    EXPECT_EQ(read + rest.size(), written);
    EXPECT_EQ(pattern_difference(rest, read), std::nullopt);
}

} // namespace
} // namespace windpipe_test

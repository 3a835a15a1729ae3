// waiting.cpp - deadlines, stops and closes on synchronous and on overlapped ends, and what a call that was called off
// leaves behind.
#include "ends.hpp"

#include "support/pattern.hpp"
#include "support/result.hpp"
#include "support/threads.hpp"

#include <windows.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace windpipe_test {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::span<const std::byte> some_bytes(std::size_t count) {
    static const std::vector<std::byte> bytes(std::size_t{1} << 20U);
    return std::span(bytes).first(count);
}

/// Until the writer is closed; how many came.
std::size_t count_to_end(windpipe::pipe_reader& reader, std::size_t at_a_time) {
    std::vector<std::byte> buffer(at_a_time);
    std::size_t total = 0;
    while (const std::size_t n = windpipe::or_throw(reader.read_some(buffer))) {
        total += n;
    }
    return total;
}

class waiting : public each_kind_of_end {};

TEST_P(waiting, a_read_keeps_its_deadline) {
    auto [reader, writer] = make();
    std::array<std::byte, 8> buffer{};
    const auto begun = clock::now();
    EXPECT_FAILS(reader.read_some(buffer, {.until = 50ms}), timed_out);
    EXPECT_GE(clock::now() - begun, 50ms);
    EXPECT_FAILS(reader.read_some(buffer, {.until = 0ms}), timed_out);
    ASSERT_OK(writer.write("later"));
    EXPECT_VALUE(reader.read_some(buffer, {.until = 0ms}), 5U);
}

TEST_P(waiting, a_write_keeps_its_deadline_and_what_fits_is_written) {
    auto [reader, writer] = make(8192);
    const auto begun = clock::now();
    const auto written = writer.write(some_bytes(10000), {.until = 50ms});
    ASSERT_FAILS(written, timed_out);
    EXPECT_GE(clock::now() - begun, 50ms);
    EXPECT_EQ(written.error().transferred, 8192U);
    EXPECT_FAILS(writer.write(some_bytes(1), {.until = 0ms}), timed_out);
    EXPECT_VALUE(reader.available(), 8192U);
}

TEST_P(waiting, a_write_that_is_called_off_says_exactly_what_the_reader_gets) {
    for (int round = 0; round < 20; ++round) {
        auto [reader, writer] = make(4096);
        std::size_t received = 0;
        std::thread consumer(
            [&, round] { received = count_to_end(reader, static_cast<std::size_t>(100 + round * 37)); });
        std::stop_source stop;
        std::thread stopper([&, round] {
            for (int i = 0; i < round * 5; ++i) {
                std::this_thread::yield();
            }
            stop.request_stop();
        });
        const auto written = writer.write(some_bytes(std::size_t{1} << 20U), {.stop = stop.get_token()});
        stopper.join();
        writer.close();
        consumer.join();
        EXPECT_EQ(received, written ? std::size_t{1} << 20U : written.error().transferred);
    }
}

TEST_P(waiting, a_deadline_that_comes_while_the_reader_reads_loses_and_invents_nothing) {
    auto [reader, writer] = make(4096);
    std::size_t received = 0;
    std::thread consumer([&] { received = count_to_end(reader, 1000); });
    std::size_t sent = 0;
    for (int round = 0; round < 100; ++round) {
        const auto written = writer.write(some_bytes(20000), {.until = std::chrono::microseconds(round * 50)});
        sent += written ? 20000 : written.error().transferred;
    }
    writer.close();
    consumer.join();
    EXPECT_EQ(received, sent);
}

TEST_P(waiting, a_read_that_is_called_off_takes_no_byte) {
    auto [reader, writer] = make();
    std::size_t sent = 0;
    std::size_t received = 0;
    std::array<std::byte, 16> buffer{};
    for (int round = 0; round < 200; ++round) {
        std::thread sender([&, round] {
            for (int i = 0; i < round % 20; ++i) {
                std::this_thread::yield();
            }
            windpipe::or_throw(writer.write(some_bytes(1)));
        });
        const auto n = reader.read_some(buffer, {.until = std::chrono::microseconds(round * 10)});
        EXPECT_TRUE(n || n.error().code == std::errc::timed_out);
        received += n.value_or(0);
        sender.join();
        ++sent;
    }
    writer.close();
    received += count_to_end(reader, 1000);
    EXPECT_EQ(received, sent);
}

TEST_P(waiting, a_stop_hits_the_call_and_nothing_its_thread_does_later) {
    auto [reader, writer] = make();
    auto other = windpipe::or_throw(windpipe::make_pipe());
    for (int round = 0; round < 300; ++round) {
        std::stop_source stop;
        std::atomic<bool> about_to_read = false;
        std::thread sender([&, round] {
            while (!about_to_read.load()) {
                std::this_thread::yield();
            }
            for (int i = 0; i < round % 30; ++i) {
                std::this_thread::yield();
            }
            // The byte and the stop meet: the call ends by the one or the other.
            windpipe::or_throw(writer.write(some_bytes(1)));
            stop.request_stop();
            const char byte = 'x';
            DWORD written = 0;
            EXPECT_TRUE(WriteFile(other.writer.native_handle(), &byte, 1, &written, nullptr));
        });
        std::array<std::byte, 16> buffer{};
        about_to_read = true;
        const auto n = reader.read_some(buffer, {.stop = stop.get_token()});
        EXPECT_TRUE(n || n.error().code == std::errc::operation_canceled);
        char byte = 0;
        DWORD read = 0;
        EXPECT_TRUE(ReadFile(other.reader.native_handle(), &byte, 1, &read, nullptr)) << GetLastError();
        sender.join();
    }
}

TEST_P(waiting, a_close_wakes_every_thread_in_a_call) {
    for (int round = 0; round < 50; ++round) {
        auto [reader, writer] = make();
        std::array<windpipe::result<std::size_t>, 3> outcomes;
        std::vector<std::thread> threads;
        std::atomic<int> begun = 0;
        for (auto& outcome : outcomes) {
            threads.emplace_back([&] {
                std::array<std::byte, 4> buffer{};
                ++begun;
                outcome = reader.read_some(buffer);
            });
        }
        while (begun.load() != 3) {
            std::this_thread::yield();
        }
        for (int i = 0; i < round; ++i) {
            std::this_thread::yield();
        }
        reader.close();
        for (std::thread& thread : threads) {
            thread.join();
        }
        for (const auto& outcome : outcomes) {
            ASSERT_FALSE(outcome);
            EXPECT_TRUE(outcome.error().code == std::errc::operation_canceled ||
                        outcome.error().code == std::errc::bad_file_descriptor);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(windows, waiting, testing::Values(overlapped::none, overlapped::reader, overlapped::writer),
                         name_of);

TEST(waiting_by_others, an_application_may_call_off_its_own_thread) {
    auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    HANDLE thread = nullptr;
    ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE,
                                DUPLICATE_SAME_ACCESS));
    const windpipe::unique_handle owner(thread);
    std::thread canceler([&] {
        while (!CancelSynchronousIo(thread)) { // not in its call yet
            std::this_thread::yield();
        }
    });
    std::array<std::byte, 4> buffer{};
    EXPECT_FAILS(reader.read_some(buffer), operation_canceled);
    canceler.join();
}

TEST(waiting_by_others, an_application_may_call_off_an_overlapped_read) {
    auto [reader, writer] = make_ends(overlapped::reader);
    std::atomic<bool> done = false;
    std::thread canceler([&, handle = reader.native_handle()] {
        while (!done.load()) {
            CancelIoEx(handle, nullptr);
            std::this_thread::yield();
        }
    });
    std::array<std::byte, 4> buffer{};
    EXPECT_FAILS(reader.read_some(buffer), operation_canceled);
    done = true;
    canceler.join();
}

TEST(waiting_by_others, an_end_that_does_not_wait_is_no_end_of_ours) {
    HANDLE reader = nullptr;
    HANDLE writer = nullptr;
    ASSERT_TRUE(CreatePipe(&reader, &writer, nullptr, 0));
    windpipe::unique_handle read_end(reader);
    const windpipe::unique_handle write_end(writer);
    DWORD mode = PIPE_NOWAIT;
    ASSERT_TRUE(SetNamedPipeHandleState(reader, &mode, nullptr, nullptr));
    EXPECT_FAILS(windpipe::pipe_reader::adopt(std::move(read_end)), invalid_argument);
    mode = PIPE_WAIT;
    ASSERT_TRUE(SetNamedPipeHandleState(reader, &mode, nullptr, nullptr));
    auto adopted = windpipe::pipe_reader::adopt(std::move(read_end));
    ASSERT_OK(adopted);
    mode = PIPE_NOWAIT;
    ASSERT_TRUE(SetNamedPipeHandleState(adopted->native_handle(), &mode, nullptr, nullptr));
    std::array<std::byte, 4> buffer{};
    EXPECT_FAILS(adopted->read_some(buffer), resource_unavailable_try_again);
}

} // namespace

} // namespace windpipe_test

// Closing an end while other threads use it.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <thread>

namespace windpipe_test {
namespace {

/// What a call says whose end was closed under it. Where a thread that waits cannot be told for certain from one
/// that is about to, it may also have come too late.
template <class T>
testing::AssertionResult called_off(const windpipe::result<T>& outcome) {
    const auto canceled = fails_with(outcome, std::errc::operation_canceled);
    if (canceled || blocking_is_known) {
        return canceled;
    }
    return fails_with(outcome, std::errc::bad_file_descriptor);
}

/// Runs `call` in `count` threads until all of them wait, then `close`; returns what the calls returned.
template <class Outcome, class Call, class Close>
std::vector<Outcome> close_under(std::size_t count, Call call, Close close) {
    std::vector<Outcome> outcomes(count);
    std::vector<std::unique_ptr<observed_thread>> threads;
    for (auto& outcome : outcomes) {
        threads.push_back(std::make_unique<observed_thread>([&] { outcome = call(); }));
    }
    for (auto& thread : threads) {
        EXPECT_TRUE(thread->wait_until_blocked());
    }
    close();
    return threads.clear(), outcomes;
}

PIPE_TEST(pipe_closing, a_read_end_calls_off_all_reads_that_wait_on_it) {
    for (std::size_t count = 1; count <= 8; ++count) {
        auto [reader, writer] = this->make();
        const auto outcomes = close_under<windpipe::result<std::string>>(
            count, [&] { return read_text(reader, 10); }, [&] { reader.close(); });
        for (const auto& outcome : outcomes) {
            EXPECT_TRUE(called_off(outcome));
        }
        EXPECT_FALSE(reader.is_open());
        EXPECT_FAILS(read_text(reader, 10), bad_file_descriptor);
        EXPECT_FAILS(writer.write("x"), broken_pipe);
    }
}

PIPE_TEST(pipe_closing, a_write_end_calls_off_all_writes_that_wait_on_it_and_loses_no_byte_they_count) {
    for (std::size_t count = 1; count <= 8; ++count) {
        auto [reader, writer] = this->make();
        std::size_t expected = fill(writer);
        const std::vector<std::byte> much(50'000);
        const auto outcomes =
            close_under<windpipe::result<void>>(count, [&] { return writer.write(much); }, [&] { writer.close(); });
        for (const auto& outcome : outcomes) {
            ASSERT_TRUE(called_off(outcome));
            expected += outcome.error().transferred;
        }
        EXPECT_FAILS(writer.write("x"), bad_file_descriptor);
        std::vector<std::byte> all;
        EXPECT_VALUE(reader.read_to_end(all), expected);
    }
}

PIPE_TEST(pipe_closing, calls_off_waits_with_a_deadline_and_a_stop_token_too) {
    auto [reader, writer] = this->make();
    std::stop_source source;
    const windpipe::wait_limit limit{.until = std::chrono::hours(1), .stop = source.get_token()};
    const auto outcomes = close_under<windpipe::result<std::string>>(
        3, [&] { return read_text(reader, 10, limit); }, [&] { reader.close(); });
    for (const auto& outcome : outcomes) {
        EXPECT_TRUE(called_off(outcome));
    }
}

PIPE_TEST(pipe_closing, calls_off_a_read_to_end_that_keeps_what_it_had) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("kept"));
    std::string all;
    windpipe::result<std::size_t> outcome;
    observed_thread thread([&] { outcome = reader.read_to_end(all); });
    ASSERT_TRUE(thread.wait_until_blocked());
    reader.close();
    thread.join();
    ASSERT_TRUE(called_off(outcome));
    EXPECT_EQ(outcome.error().transferred, all.size());
    if (blocking_is_known) {
        EXPECT_EQ(all, "kept");
    }
}

PIPE_TEST(pipe_closing, leaves_a_wait_on_a_duplicate_alone) {
    auto [reader, writer] = this->make();
    auto duplicate = windpipe::or_throw(reader.duplicate());
    windpipe::result<std::string> got;
    observed_thread thread([&] { got = read_text(duplicate, 100); });
    ASSERT_TRUE(thread.wait_until_blocked());
    reader.close();
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(writer.write("for the duplicate"));
    thread.join();
    EXPECT_VALUE(got, "for the duplicate");
}

PIPE_TEST(pipe_closing, twice_or_from_many_threads_is_harmless) {
    auto [reader, writer] = this->make();
    std::vector<std::thread> threads;
    for (int count = 0; count < 8; ++count) {
        threads.emplace_back([&] {
            reader.close();
            EXPECT_FALSE(reader.is_open());
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    reader.close();
    EXPECT_FAILS(writer.write("x"), broken_pipe);
}

PIPE_TEST(pipe_closing, races_with_reads_that_do_not_wait_without_a_wrong_byte) {
    for (int round = 0; round < 100; ++round) {
        auto [reader, writer] = this->make();
        ASSERT_OK(writer.write(std::vector<std::byte>(4000, std::byte{'r'})));
        std::atomic<int> started = 0;
        std::vector<std::thread> threads;
        for (int count = 0; count < 3; ++count) {
            threads.emplace_back([&] {
                ++started;
                for (;;) {
                    const auto got = read_text(reader, 7);
                    if (!got) {
                        EXPECT_TRUE(got.error().code == std::errc::operation_canceled ||
                                    got.error().code == std::errc::bad_file_descriptor)
                            << got.error().message();
                        return;
                    }
                    EXPECT_EQ(got->find_first_not_of('r'), std::string::npos);
                    EXPECT_FALSE(got->empty());
                }
            });
        }
        while (started < 3) {
            std::this_thread::yield();
        }
        reader.close();
        for (auto& thread : threads) {
            thread.join();
        }
    }
}

PIPE_TEST(pipe_closing, keeps_calls_that_were_under_way_off_pipes_that_are_made_later) {
    for (int round = 0; round < 50; ++round) {
        auto old = this->make();
        windpipe::result<std::string> got;
        observed_thread thread([&] { got = read_text(old.reader, 100); });
        if (round % 2 == 0) {
            ASSERT_TRUE(thread.wait_until_blocked());
        }
        old.reader.close(); // its number is free now
        auto fresh = windpipe::or_throw(windpipe::make_pipe());
        ASSERT_OK(fresh.writer.write("not for strangers"));
        thread.join();
        EXPECT_FALSE(got) << *got;
        EXPECT_VALUE(read_text(fresh.reader, 100), "not for strangers");
    }
}

PIPE_TEST(pipe_closing, by_release_calls_off_waits_and_keeps_the_pipe) {
    auto [reader, writer] = this->make();
    decltype(reader.release()) handle;
    const auto outcomes = close_under<windpipe::result<std::string>>(
        4, [&] { return read_text(reader, 10); }, [&] { handle = reader.release(); });
    for (const auto& outcome : outcomes) {
        EXPECT_TRUE(called_off(outcome));
    }
    ASSERT_TRUE(handle);
    EXPECT_FALSE(reader.is_open());
    auto again = Family::reader::adopt(std::move(handle));
    ASSERT_OK(again);
    ASSERT_OK(writer.write("still there"));
    EXPECT_VALUE(read_text(*again, 100), "still there");
}

} // namespace
} // namespace windpipe_test

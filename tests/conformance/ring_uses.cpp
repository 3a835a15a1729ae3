// What takes the ends of pipes takes those of rings: loops, streams, lines, frames. And who must not have one.
#include "helpers/on_loop.hpp"
#include "helpers/processes.hpp"
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include <windpipe/frames.hpp>
#include <windpipe/lines.hpp>
#include <windpipe/ring.hpp>
#include <windpipe/stream.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::make_ring;
using windpipe::or_throw;
using windpipe::ring_reader;
using windpipe::ring_writer;
using windpipe::task;

class ring_uses : public leak_checked {};

// ---- loops

task<> send_pattern(windpipe::loop& on, ring_writer& to, std::size_t size) {
    const auto bytes = pattern(size);
    EXPECT_OK(co_await on.write(to, bytes));
    to.close();
}

task<> receive_pattern(windpipe::loop& on, ring_reader& from, std::size_t& received) {
    std::vector<std::byte> into(10'000);
    while (true) {
        const auto n = co_await on.read_some(from, into);
        EXPECT_OK(n);
        if (n.value_or(0) == 0) {
            co_return;
        }
        EXPECT_EQ(pattern_difference(std::span(into).first(*n), received), std::nullopt);
        received += *n;
    }
}

TEST_F(ring_uses, a_loop_reads_and_writes_more_than_the_ring_holds) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto events = make_loop();
    std::size_t received = 0;
    events.spawn(send_pattern(events, ends.writer, 1'000'000));
    events.spawn(receive_pattern(events, ends.reader, received));
    ASSERT_OK(events.run());
    EXPECT_EQ(received, 1'000'000U);
}

TEST_F(ring_uses, a_loop_waits_for_what_another_thread_writes) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto events = make_loop();
    std::size_t received = 0;
    events.spawn(receive_pattern(events, ends.reader, received));
    ASSERT_OK(events.run_until(windpipe::deadline(0s))); // it waits
    std::jthread writer([&] {
        EXPECT_OK(ends.writer.write(pattern(300'000)));
        ends.writer.close();
    });
    ASSERT_OK(events.run());
    EXPECT_EQ(received, 300'000U);
}

task<> expect_failures(windpipe::loop& on, windpipe::ring_ends& ends, const windpipe::wait_limit& stopped) {
    std::vector<std::byte> bytes(100'000);
    EXPECT_FAILS(co_await on.read_some(ends.reader, bytes, {.until = 2ms}), timed_out);
    EXPECT_FAILS(co_await on.read_some(ends.reader, bytes, stopped), operation_canceled);
    const auto written = co_await on.write(ends.writer, bytes, {.until = 2ms});
    EXPECT_FAILS(written, timed_out);
    EXPECT_EQ(written ? 0 : written.error().transferred, 65536U);
    ends.reader.close();
    EXPECT_FAILS(co_await on.read_some(ends.reader, bytes), bad_file_descriptor);
    EXPECT_FAILS(co_await on.write(ends.writer, bytes), broken_pipe);
}

TEST_F(ring_uses, a_loop_fails_as_the_blocking_calls_do) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto events = make_loop();
    std::stop_source source;
    source.request_stop();
    const windpipe::wait_limit stopped{.stop = source.get_token()};
    events.spawn(expect_failures(events, ends, stopped));
    ASSERT_OK(events.run());
}

task<> expect_called_off(windpipe::loop& on, ring_reader& from) {
    std::array<std::byte, 1> byte{};
    EXPECT_FAILS(co_await on.read_some(from, byte), operation_canceled);
}

TEST_F(ring_uses, closing_an_end_calls_off_what_a_loop_waits_for) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto events = make_loop();
    events.spawn(expect_called_off(events, ends.reader));
    ASSERT_OK(events.run_until(windpipe::deadline(0s)));
    ends.reader.close();
    ASSERT_OK(events.run());
}

// ---- streams, lines, frames

TEST_F(ring_uses, streams_carry_text_and_say_when_nobody_reads) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    windpipe::ring_ostream out(std::move(ends.writer));
    windpipe::ring_istream in(std::move(ends.reader));
    out << "seven " << 7 << '\n' << std::flush;
    std::string word;
    int number = 0;
    in >> word >> number;
    EXPECT_EQ(word, "seven");
    EXPECT_EQ(number, 7);
    in.end().close();
    out << "x" << std::flush;
    EXPECT_TRUE(out.bad());
    ASSERT_TRUE(out.last_error());
    EXPECT_EQ(out.last_error()->code, std::errc::broken_pipe);
}

TEST_F(ring_uses, lines_and_frames_are_cut_from_them) {
    auto text = or_throw(make_ring({.capacity = 65536}));
    ASSERT_OK(text.writer.write("one\ntwo"));
    text.writer.close();
    windpipe::line_reader<ring_reader> lines(std::move(text.reader));
    EXPECT_EQ(or_throw(lines.next())->text, "one");
    EXPECT_EQ(or_throw(lines.next())->text, "two");
    EXPECT_FALSE(or_throw(lines.next()));

    auto ends = or_throw(make_ring({.capacity = 65536}));
    windpipe::frame_writer<ring_writer> sends(std::move(ends.writer));
    windpipe::frame_reader<ring_reader> receives(std::move(ends.reader));
    const auto sent = pattern(30'000);
    ASSERT_OK(sends.write(sent));
    const auto came = or_throw(receives.next());
    ASSERT_TRUE(came);
    EXPECT_EQ(came->bytes.size(), sent.size());
    EXPECT_EQ(pattern_difference(came->bytes, 0), std::nullopt);
}

// ---- one process for each side

TEST_F(ring_uses, an_end_with_a_duplicate_goes_to_no_other_process) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto second = or_throw(ends.reader.duplicate());
    EXPECT_FAILS(windpipe::offer::make(std::move(second)), device_or_resource_busy);
    ASSERT_TRUE(second.is_open()) << "it is still ours"; // NOLINT(bugprone-use-after-move): that is the test
    auto what = child_command("ring_end").args({"reader", "jobs"});
    what.give("jobs", std::move(second));
    EXPECT_FAILS(what.spawn(), device_or_resource_busy);
    ASSERT_OK(ends.writer.write("both read"));
    EXPECT_VALUE(read_text(ends.reader, 4), "both");
    ends.reader.close();
    auto child = what.out(windpipe::null).err(windpipe::null).spawn(); // now it is the only one
    ASSERT_OK(child);
    ASSERT_OK(child->wait());
    EXPECT_FAILS(ends.writer.write("x"), broken_pipe);
}

/// A thread that has an end for some time takes its lock without asking: the next one must take that from it.
TEST_F(ring_uses, an_end_goes_from_thread_to_thread_and_back_with_each_byte_once) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    constexpr std::uint32_t numbers = 60'000;
    std::array<std::uint32_t, 3> written{};
    std::atomic<std::uint32_t> next = 0;
    std::atomic<std::size_t> whose = 0;
    const auto write_in_turns = [&](std::size_t self) {
        while (next.load() < numbers) {
            // In runs of one thread, which all others disturb now and then.
            if (whose.load() == self || next.load() % 64 == self) {
                for (int i = 0; i < 40; ++i) {
                    or_throw(ends.writer.write(std::as_bytes(std::span(&self, 1)).first(4)));
                    ++written.at(self);
                    ++next;
                }
                whose = (self + 1) % written.size();
            }
            std::this_thread::yield();
        }
    };
    std::array<std::uint32_t, 3> read{};
    {
        std::jthread reading([&] {
            std::uint32_t from = 0;
            while (or_throw(ends.reader.read(std::as_writable_bytes(std::span(&from, 1)))) == sizeof from) {
                ++read.at(from);
            }
        });
        {
            std::jthread one([&] { write_in_turns(0); });
            std::jthread two([&] { write_in_turns(1); });
            write_in_turns(2);
        }
        ends.writer.close();
    }
    EXPECT_EQ(read, written);
}

TEST_F(ring_uses, duplicates_in_two_threads_share_the_bytes_between_them) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto other = or_throw(ends.reader.duplicate());
    constexpr std::size_t records = 20'000;
    const auto count = [](ring_reader& from, std::size_t& read) {
        std::array<std::byte, 16> record{};
        while (or_throw(from.read(record)) == record.size()) {
            ASSERT_EQ(record.front(), record.back());
            ++read;
        }
    };
    std::size_t first = 0;
    std::size_t second = 0;
    std::jthread one([&] { count(ends.reader, first); });
    std::jthread two([&] { count(other, second); });
    for (std::size_t i = 0; i < records; ++i) {
        std::array<std::byte, 16> record{};
        record.fill(static_cast<std::byte>(i));
        ASSERT_OK(ends.writer.write(record));
    }
    ends.writer.close();
    one.join();
    two.join();
    EXPECT_EQ(first + second, records);
}

} // namespace
} // namespace windpipe_test

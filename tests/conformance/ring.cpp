// What a ring has beside the verbs of a pipe: access in place, and ends in other processes.
#include "helpers/processes.hpp"
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/native.hpp"
#include "support/threads.hpp"

#include <windpipe/ring.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
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

static_assert(windpipe::byte_source<ring_reader> && windpipe::byte_sink<ring_writer>);

class rings : public leak_checked {};

// ---- in place

TEST_F(rings, show_bytes_in_a_row_wherever_they_are_and_take_them_when_told) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    for (std::uint64_t position = 0; position < 20 * 65536U; position += 50'000) {
        const auto room = writer.reserve(50'000);
        ASSERT_OK(room);
        ASSERT_GE(room->size(), 50'000U);
        fill_pattern(room->first(50'000), position);
        EXPECT_VALUE(reader.available(), 0U); // nobody sees them before commit()
        ASSERT_OK(writer.commit(50'000));
        const auto there = reader.peek(50'000);
        ASSERT_OK(there);
        ASSERT_EQ(there->size(), 50'000U);
        EXPECT_EQ(pattern_difference(*there, position), std::nullopt);
        EXPECT_VALUE(reader.available(), 50'000U); // they stay until consume()
        ASSERT_OK(reader.consume(20'000));
        ASSERT_OK(reader.consume(30'000));
    }
}

/// Moves 24 MiB through a ring of eight, each message read before the next but one is written, or before the next.
/// How far apart the places of the messages are.
std::uintptr_t places_used(bool always_empty) {
    constexpr std::size_t size = 50'000;
    auto [reader, writer] = or_throw(make_ring({.capacity = 8 << 20}));
    std::uint64_t read = 0;
    std::vector<std::byte> got(size);
    std::uintptr_t lowest = std::numeric_limits<std::uintptr_t>::max();
    std::uintptr_t highest = 0;
    for (std::uint64_t position = 0; position < std::uint64_t{24} << 20U; position += size) {
        const auto room = or_throw(writer.reserve(size));
        lowest = std::min(lowest, reinterpret_cast<std::uintptr_t>(room.data()));
        highest = std::max(highest, reinterpret_cast<std::uintptr_t>(room.data()));
        fill_pattern(room.first(size), position);
        or_throw(writer.commit(size));
        while (read + (always_empty ? 0 : size) < position + size) {
            EXPECT_VALUE(reader.read(got), size);
            EXPECT_EQ(pattern_difference(got, read), std::nullopt);
            read += size;
        }
    }
    return highest - lowest;
}

TEST_F(rings, use_a_part_of_their_memory_where_each_message_finds_them_empty) {
    EXPECT_LT(places_used(true), 5U << 20U);
    EXPECT_GT(places_used(false), 7U << 20U) << "else all of it: what is read there has not just been written";
}

TEST_F(rings, refuse_in_place_what_cannot_be) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    EXPECT_FAILS(writer.reserve(0), invalid_argument);
    EXPECT_FAILS(writer.reserve(65537), invalid_argument);
    EXPECT_FAILS(reader.peek(std::size_t{0}), invalid_argument);
    EXPECT_FAILS(reader.peek(std::size_t{65537}), invalid_argument);
    EXPECT_FAILS(writer.commit(1), invalid_argument) << "nothing is reserved";
    ASSERT_OK(writer.reserve(65536));
    EXPECT_FAILS(writer.commit(65537), invalid_argument);
    ASSERT_OK(writer.reserve(10));
    ASSERT_OK(writer.write("x"));
    EXPECT_FAILS(writer.commit(1), invalid_argument) << "a write ends the reservation";
    EXPECT_FAILS(reader.consume(1), invalid_argument) << "nothing has been shown";
    ASSERT_OK(reader.peek(std::size_t{1}));
    EXPECT_FAILS(reader.consume(2), invalid_argument);
    ASSERT_OK(reader.consume(1));
    EXPECT_FAILS(reader.consume(1), invalid_argument);
    EXPECT_FAILS(reader.peek(std::size_t{1}, at_once()), timed_out);
    writer.close();
    EXPECT_EQ(or_throw(reader.peek(std::size_t{1})).size(), 0U) << "end of stream";
    reader.close();
    EXPECT_FAILS(reader.peek(std::size_t{1}), bad_file_descriptor);
    EXPECT_FAILS(writer.reserve(1), bad_file_descriptor);
}

TEST_F(rings, wait_in_place_for_bytes_and_for_room_and_show_what_is_left_at_the_end) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    std::size_t seen = 0;
    observed_thread waits_for_bytes([&] { seen = or_throw(reader.peek(std::size_t{10})).size(); });
    ASSERT_TRUE(waits_for_bytes.wait_until_blocked());
    ASSERT_OK(writer.write("1234"));
    ASSERT_TRUE(waits_for_bytes.wait_until_blocked());
    ASSERT_OK(writer.write("567890"));
    waits_for_bytes.join();
    EXPECT_EQ(seen, 10U);
    windpipe::result<std::span<std::byte>> room;
    observed_thread waits_for_room([&] { room = writer.reserve(65536); });
    ASSERT_TRUE(waits_for_room.wait_until_blocked());
    ASSERT_OK(reader.consume(10));
    waits_for_room.join();
    ASSERT_OK(room);
    ASSERT_OK(writer.commit(3));
    writer.close();
    EXPECT_EQ(or_throw(reader.peek(std::size_t{10})).size(), 3U) << "fewer only at the end";
}

TEST_F(rings, are_as_large_as_asked_for_and_no_larger_than_can_be) {
    EXPECT_VALUE(or_throw(make_ring()).writer.capacity(), std::size_t{1} << 20U);
    EXPECT_VALUE(or_throw(make_ring({.capacity = 65537})).writer.capacity(), 131'072U);
    for (const std::size_t wish : {windpipe::no_limit, std::size_t{1} << 40U}) {
        EXPECT_FAILS(make_ring({.capacity = wish}), invalid_argument);
    }
}

TEST_F(rings, can_be_waited_for_by_their_native_handle) {
    auto [reader, writer] = or_throw(make_ring());
    for (int time = 0; time < 3; ++time) {
        EXPECT_FAILS(read_text(reader, 10, at_once()), timed_out);
        ASSERT_OK(writer.write("here"));
        auto bell = or_throw(windpipe::pipe_reader::adopt(reader.native_handle() == windpipe::no_handle
                                                              ? windpipe::unique_handle()
                                                              : windpipe::unique_handle(reader.native_handle())));
        EXPECT_GT(or_throw(bell.available()), 0U);
        (void)bell.release().release(); // it is the ring's
        EXPECT_VALUE(read_text(reader, 10), "here");
    }
}

// ---- other processes

windpipe::command ring_child(std::vector<std::string> arguments) { return child_command("ring_end").args(arguments); }

TEST_F(rings, carry_bytes_to_a_child_and_back) {
    auto there = or_throw(make_ring({.capacity = 65536}));
    auto back = or_throw(make_ring({.capacity = 65536}));
    ASSERT_OK(there.writer.write("before the child was started; "));
    auto child = ring_child({"reader", "jobs", "writer", "results", "copy"})
                     .give("jobs", std::move(there.reader))
                     .give("results", std::move(back.writer))
                     .spawn();
    ASSERT_OK(child);
    constexpr std::size_t size = 3'000'000;
    std::jthread feeder([&] {
        EXPECT_OK(there.writer.write(pattern(size)));
        there.writer.close();
    });
    EXPECT_VALUE(read_text(back.reader, 30), "before the child was started; ");
    expect_pattern(back.reader, size);
    EXPECT_VALUE(read_text(back.reader, 1), ""); // the child has closed its end, and nobody else has it
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST_F(rings, are_redeemed_by_a_process_that_has_the_token) {
    auto there = or_throw(make_ring());
    auto back = or_throw(make_ring());
    ASSERT_OK(there.writer.write("offered "));
    const auto offered = or_throw(windpipe::offer::make(std::move(there.reader)));
    EXPECT_FAILS(windpipe::redeem_reader(offered.token()), invalid_argument);
    EXPECT_FAILS(windpipe::redeem_ring_writer(offered.token()), invalid_argument);
    auto child = or_throw(ring_child({"redeem-reader", offered.token(), "writer", "results", "copy"})
                              .give("results", std::move(back.writer))
                              .spawn());
    EXPECT_VALUE(offered.wait(), child.pid());
    ASSERT_OK(there.writer.write("and redeemed"));
    there.writer.close();
    std::string all;
    ASSERT_OK(back.reader.read_to_end(all));
    EXPECT_EQ(all, "offered and redeemed");
    EXPECT_TRUE(exited_with(child.wait(), 0));
    EXPECT_FAILS(windpipe::redeem_ring_reader(offered.token()), already_connected);
}

TEST_F(rings, that_nobody_redeems_end_with_their_offer) {
    auto ends = or_throw(make_ring());
    std::string token;
    {
        const auto offered = or_throw(windpipe::offer::make(std::move(ends.reader)));
        token = offered.token();
        ASSERT_OK(ends.writer.write("x"));
    }
    EXPECT_FAILS(ends.writer.write("x"), broken_pipe);
    EXPECT_FAILS(windpipe::redeem_ring_reader(token), no_such_file_or_directory);
}

TEST_F(rings, are_adopted_once_and_only_as_what_they_are) {
    auto ends = or_throw(make_ring());
    auto wrong = ring_child({"writer", "jobs"}).give("jobs", std::move(ends.reader)).err(windpipe::piped).spawn();
    ASSERT_OK(wrong);
    EXPECT_NE(rest_of(wrong->err).find("read end of a ring"), std::string::npos);
    EXPECT_TRUE(exited_with(wrong->wait(), 97));
    EXPECT_FAILS(ends.writer.write("x"), broken_pipe) << "the child is gone, and with it the only read end";
    auto again = or_throw(make_ring());
    auto twice = ring_child({"reader", "jobs", "reader", "jobs"})
                     .give("jobs", std::move(again.reader))
                     .err(windpipe::piped)
                     .spawn();
    ASSERT_OK(twice);
    EXPECT_NE(rest_of(twice->err).find("no end has been given"), std::string::npos);
    EXPECT_TRUE(exited_with(twice->wait(), 97));
}

TEST_F(rings, end_for_the_reader_when_the_writer_is_killed_and_lose_nothing_that_was_committed) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto child = or_throw(ring_child({"writer", "out", "flood"}).give("out", std::move(ends.writer)).spawn());
    std::vector<std::byte> bytes(300'000);
    ASSERT_OK(ends.reader.read(bytes));
    ASSERT_OK(child.kill());
    ASSERT_OK(child.wait());
    ASSERT_OK(ends.reader.read_to_end(bytes));
    EXPECT_EQ(bytes.size() % 1024, 0U) << "each write is whole";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        ASSERT_EQ(bytes[i], static_cast<std::byte>(i + 1)) << i;
    }
}

TEST_F(rings, end_for_a_reader_that_waits_when_the_writer_is_killed) {
    auto ends = or_throw(make_ring());
    auto child = or_throw(ring_child({"writer", "out", "ready", "hang"})
                              .give("out", std::move(ends.writer))
                              .out(windpipe::piped)
                              .spawn());
    EXPECT_EQ(line_of(child.out).substr(0, 5), "ready");
    windpipe::result<std::string> got = "not read";
    observed_thread thread([&] { got = read_text(ends.reader, 10); });
    ASSERT_TRUE(thread.wait_until_blocked());
    ASSERT_OK(child.kill());
    thread.join();
    EXPECT_VALUE(got, "");
    ASSERT_OK(child.wait());
}

TEST_F(rings, break_for_the_writer_when_the_reader_is_killed_while_it_waits) {
    auto ends = or_throw(make_ring());
    auto child = or_throw(
        ring_child({"reader", "in", "ready", "hang"}).give("in", std::move(ends.reader)).out(windpipe::piped).spawn());
    EXPECT_EQ(line_of(child.out).substr(0, 5), "ready");
    ASSERT_OK(child.kill());
    ASSERT_OK(child.wait());
    EXPECT_FAILS(ends.writer.write("x"), broken_pipe);
    EXPECT_FAILS(ends.writer.reserve(1), broken_pipe);
}

/// Writes to a reader that has read all and is killed while it does something else. How many succeed.
std::size_t writes_to_a_dead_reader(std::size_t size) {
    auto ends = or_throw(make_ring());
    auto child = or_throw(ring_child({"reader", "in", "swallow", "200", "ready", "idle"})
                              .give("in", std::move(ends.reader))
                              .out(windpipe::piped)
                              .spawn());
    for (int i = 0; i < 20; ++i) {
        or_throw(ends.writer.write("0123456789"));
    }
    EXPECT_EQ(line_of(child.out).substr(0, 5), "ready");
    EXPECT_OK(child.kill());
    EXPECT_OK(child.wait());
    std::size_t count = 0;
    windpipe::result<void> written;
    while ((written = ends.writer.write(std::string(size, 'x')))) {
        ++count;
    }
    EXPECT_FAILS(written, broken_pipe);
    EXPECT_FAILS(ends.writer.write("x"), broken_pipe);
    return count;
}

TEST_F(rings, break_for_the_writer_soon_after_the_reader_was_killed_while_it_did_not_wait) {
    EXPECT_LE(writes_to_a_dead_reader(1), 108U); // and the 20 before
    EXPECT_LE(writes_to_a_dead_reader(1024), 108U);
    EXPECT_LE(writes_to_a_dead_reader(2047), 64U);
    EXPECT_LE(writes_to_a_dead_reader(8192), 16U);
    EXPECT_LE(writes_to_a_dead_reader(16384), 8U);
}

TEST_F(rings, break_at_once_for_a_writer_in_the_midst_of_many_short_calls_when_the_reader_closes) {
    for (const bool in_place : {false, true}) {
        auto [reader, writer] = or_throw(make_ring());
        for (int i = 0; i < 20; ++i) {
            ASSERT_OK(writer.write("x"));
        }
        const auto room = or_throw(writer.reserve(1));
        EXPECT_FALSE(room.empty());
        reader.close();
        const auto failed = in_place ? writer.commit(1) : writer.write("x");
        ASSERT_FAILS(failed, broken_pipe);
        EXPECT_EQ(failed.error().transferred, 0U);
        EXPECT_FAILS(writer.reserve(1), broken_pipe);
        EXPECT_FAILS(writer.write("x"), broken_pipe);
    }
}

TEST_F(rings, refuse_short_calls_after_they_are_closed_or_given_away) {
    for (const bool closes : {false, true}) {
        auto [reader, writer] = or_throw(make_ring());
        std::array<std::byte, 1> byte{};
        for (int i = 0; i < 20; ++i) {
            ASSERT_OK(writer.write("x"));
            ASSERT_OK(reader.read(byte));
        }
        const auto room = or_throw(writer.reserve(1));
        EXPECT_FALSE(room.empty());
        windpipe::ring_handles handles;
        if (closes) {
            writer.close();
        } else {
            handles = writer.release();
        }
        EXPECT_FAILS(writer.write("x"), bad_file_descriptor);
        EXPECT_FAILS(writer.commit(1), bad_file_descriptor);
        EXPECT_FAILS(writer.reserve(1), bad_file_descriptor);
    }
}

TEST_F(rings, break_for_a_writer_that_waits_for_room_when_the_reader_is_killed) {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    auto child = or_throw(ring_child({"reader", "in", "swallow", "100000", "ready", "writer", "none"})
                              .give("in", std::move(ends.reader))
                              .out(windpipe::piped)
                              .err(windpipe::null)
                              .spawn());
    windpipe::result<void> outcome;
    observed_thread thread([&] { outcome = ends.writer.write(pattern(1'000'000)); });
    EXPECT_EQ(line_of(child.out).substr(0, 5), "ready"); // afterwards it fails, and reads no more
    ASSERT_OK(child.wait());
    thread.join();
    ASSERT_FAILS(outcome, broken_pipe);
    EXPECT_GE(outcome.error().transferred, 100'000U);
}

TEST_F(rings, show_nothing_of_a_reservation_whose_process_has_ended) {
    auto ends = or_throw(make_ring());
    auto child = or_throw(ring_child({"writer", "out", "half"}).give("out", std::move(ends.writer)).spawn());
    std::vector<std::byte> all;
    EXPECT_VALUE(ends.reader.read_to_end(all), 10U);
    EXPECT_EQ(all.back(), std::byte{10});
    EXPECT_TRUE(exited_with(child.wait(), 5));
}

TEST_F(rings, names_who_holds_the_write_end_when_the_end_does_not_come) {
    auto ends = or_throw(make_ring());
    auto child = or_throw(ring_child({"writer", "out", "hang"}).give("out", std::move(ends.writer)).spawn());
    std::string all;
    const auto outcome = ends.reader.read_to_end(all, windpipe::no_limit, {.until = 20ms});
    ASSERT_FAILS(outcome, timed_out);
    EXPECT_NE(outcome.error().context.find(std::to_string(child.pid())), std::string::npos) << outcome.error().context;
    ASSERT_OK(child.kill());
}

} // namespace
} // namespace windpipe_test

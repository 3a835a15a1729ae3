// Bytes sent from pages of a pool: the reader gets what was in them when they were sent.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "helpers/processes.hpp"
#include "support/threads.hpp"

#include <windpipe/page_pool.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::or_throw;
using windpipe::page_pool;

/// Fills `size` bytes in place and sends them in pieces of changing sizes.
void send_pattern(page_pool& pool, std::size_t size, std::size_t most) {
    for (std::size_t done = 0, n = 1; done < size; n = n * 5 % most + 1) {
        const auto room = pool.room(std::min(n, size - done));
        ASSERT_OK(room);
        ASSERT_FALSE(room->empty());
        ASSERT_LE(room->size(), n);
        fill_pattern(*room, done);
        ASSERT_OK(pool.send(room->size()));
        done += room->size();
    }
}

// A kind without a capacity of its own may be a pipe that was opened again, whose reader moves pages on.
SIZED_SYSTEM_PIPE_TEST(sent_pages, arrive_as_they_were_at_a_reader_that_takes_its_time) {
    auto [reader, writer] = this->make();
    auto pool = or_throw(page_pool::make(std::move(writer)));
    EXPECT_FALSE(writer.is_open()) << "it is the pool's now"; // NOLINT(bugprone-use-after-move): that is the test
    constexpr std::size_t size = 2'000'000;                   // many times the pool
    observed_thread sender([&] {
        send_pattern(pool, size, 100'000);
        pool.end().close();
    });
    for (std::size_t done = 0, n = 1; done < size; n = n * 7 % 30'011) {
        n = std::min(n, size - done);
        expect_pattern(reader, n, done); // compares while the sender goes on filling
        done += n;
    }
    EXPECT_VALUE(read_text(reader, 1), "");
}

SIZED_SYSTEM_PIPE_TEST(sent_pages, may_be_filled_by_copying) {
    auto [reader, writer] = this->make();
    auto pool = or_throw(page_pool::make(std::move(writer)));
    constexpr std::size_t size = 1'000'000;
    observed_thread sender([&] {
        const auto all = pattern(size);
        ASSERT_OK(pool.write(std::span(all).first(10)));
        ASSERT_OK(pool.write({}));
        ASSERT_OK(pool.write(std::span(all).subspan(10)));
        pool.end().close();
    });
    expect_pattern(reader, size);
    EXPECT_VALUE(read_text(reader, 1), "");
}

SIZED_SYSTEM_PIPE_TEST(sent_pages, that_find_no_place_in_time_are_at_the_front_of_the_next_room) {
    auto [reader, writer] = this->make({.capacity = 4096});
    auto pool = or_throw(page_pool::make(std::move(writer)));
    std::size_t filled = 0; // of the pattern, in the pool
    std::size_t sent = 0;
    while (sent < 100'000) {
        const auto room = pool.room(6000);
        ASSERT_OK(room);
        const std::size_t kept = std::min(filled - sent, room->size());
        ASSERT_EQ(pattern_difference(room->first(kept), sent), std::nullopt) << "what was not sent is still there";
        fill_pattern(*room, sent);
        filled = sent + room->size();
        const auto outcome = pool.send(room->size(), {.until = 1ms});
        ASSERT_TRUE(outcome || fails_with(outcome, std::errc::timed_out));
        const std::size_t now = outcome ? room->size() : outcome.error().transferred;
        const auto got = drain(reader);
        ASSERT_EQ(got.size(), now);
        ASSERT_EQ(pattern_difference(got, sent), std::nullopt);
        sent += now;
    }
}

SYSTEM_PIPE_TEST(sent_pages, find_nobody_when_the_reader_has_left) {
    auto [reader, writer] = this->make();
    auto pool = or_throw(page_pool::make(std::move(writer)));
    ASSERT_OK(pool.write(bytes_of("read")));
    EXPECT_VALUE(read_text(reader, 9), "read");
    reader.close();
    ASSERT_OK(pool.room(4));
    EXPECT_FAILS(pool.send(4), broken_pipe);
    EXPECT_FAILS(pool.write(bytes_of("lost")), broken_pipe);
}

SYSTEM_PIPE_TEST(sent_pages, stay_readable_when_the_pool_has_gone) {
    auto [reader, writer] = this->make();
    {
        auto pool = or_throw(page_pool::make(std::move(writer)));
        auto moved = std::move(pool);
        ASSERT_OK(moved.write(pattern(4000)));
        EXPECT_FAILS(pool.room(), bad_file_descriptor); // NOLINT(bugprone-use-after-move): that is the test
    }
    expect_pattern(reader, 4000);
    EXPECT_VALUE(read_text(reader, 1), "");
}

SYSTEM_PIPE_TEST(sent_pages, are_waited_for_until_the_end_is_closed) {
    auto [reader, writer] = this->make();
    fill(writer);
    auto pool = or_throw(page_pool::make(std::move(writer)));
    observed_thread sender([&] { EXPECT_FAILS(pool.write(bytes_of("x")), operation_canceled); });
    ASSERT_TRUE(sender.wait_until_blocked());
    pool.end().close();
}

TEST(sent_pages_to_a_child, arrive_as_they_were) {
    constexpr std::size_t size = 1'000'000;
    auto child = or_throw(child_command("check_pattern").in(windpipe::piped).out(windpipe::piped).spawn());
    auto pool = or_throw(page_pool::make(std::move(child.in)));
    send_pattern(pool, size, 50'000);
    pool.end().close();
    EXPECT_EQ(rest_of(child.out), std::to_string(size) + " ok\n");
    EXPECT_TRUE(exited_with(child.wait(), 0));
}

TEST(page_pool, takes_no_more_than_there_was_room_for) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    auto pool = or_throw(page_pool::make(std::move(writer)));
    EXPECT_FAILS(pool.send(1), invalid_argument);
    const auto room = or_throw(pool.room());
    EXPECT_FAILS(pool.send(room.size() + 1), invalid_argument);
    ASSERT_OK(pool.send(0));
    EXPECT_FAILS(pool.send(1), invalid_argument);
}

TEST(page_pool, is_not_made_for_a_closed_end) {
    windpipe::pipe_writer none;
    EXPECT_FAILS(page_pool::make(std::move(none)), bad_file_descriptor);
}

} // namespace
} // namespace windpipe_test

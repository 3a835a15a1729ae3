// Bytes from pipe to pipe: all of them, in order, and none lost when it ends early.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "helpers/processes.hpp"
#include "support/threads.hpp"

#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::or_throw;
using windpipe::transfer;

SYSTEM_PIPE_TEST(transferred, all_of_a_stream_arrives_in_order) {
    auto from = this->make();
    auto to = this->make();
    constexpr std::size_t size = 3'000'000;
    observed_thread sender([end = std::move(from.writer)]() mutable {
        const auto all = pattern(size);
        for (std::size_t done = 0, n = 1; done < size; done += n, n = n * 3 % 70'001) {
            n = std::min(n, size - done);
            ASSERT_OK(end.write(std::span(all).subspan(done, n)));
        }
    });
    observed_thread relay([&] {
        EXPECT_VALUE(transfer(from.reader, to.writer), size);
        EXPECT_VALUE(transfer(from.reader, to.writer), 0U);
        EXPECT_TRUE(to.writer.is_open()) << "it closes nothing";
        to.writer.close();
    });
    expect_pattern(to.reader, size);
    EXPECT_VALUE(read_text(to.reader, 1), "");
}

SYSTEM_PIPE_TEST(transferred, no_more_than_was_asked_for) {
    auto from = this->make();
    auto to = this->make();
    ASSERT_OK(from.writer.write("one two"));
    EXPECT_VALUE(transfer(from.reader, to.writer, 0), 0U);
    EXPECT_VALUE(transfer(from.reader, to.writer, 4), 4U);
    EXPECT_VALUE(read_text(to.reader, 100), "one ");
    EXPECT_VALUE(read_text(from.reader, 100), "two");
}

SYSTEM_PIPE_TEST(transferred, nothing_where_nothing_comes_in_time) {
    auto from = this->make();
    auto to = this->make();
    EXPECT_FAILS(transfer(from.reader, to.writer, 1, at_once()), timed_out);
    EXPECT_FAILS(transfer(from.reader, to.writer, 1, {.until = 20ms}), timed_out);
    ASSERT_OK(from.writer.write("x"));
    EXPECT_VALUE(transfer(from.reader, to.writer, 1, at_once()), 1U);
}

SIZED_SYSTEM_PIPE_TEST(transferred, a_full_pipe_ends_it_in_time_and_the_rest_stays) {
    auto from = this->make({.capacity = 65536});
    auto to = this->make({.capacity = 4096});
    const std::size_t size = fill(from.writer);
    const auto moved = transfer(from.reader, to.writer, size, {.until = 20ms});
    ASSERT_FAILS(moved, timed_out);
    EXPECT_GT(moved.error().transferred, 0U);
    EXPECT_LT(moved.error().transferred, size);
    expect_pattern(from.reader, size - moved.error().transferred, moved.error().transferred);
    expect_pattern(to.reader, moved.error().transferred);
}

SYSTEM_PIPE_TEST(transferred, nothing_to_somebody_who_has_left) {
    auto from = this->make();
    auto to = this->make();
    ASSERT_OK(from.writer.write("kept"));
    to.reader.close();
    const auto moved = transfer(from.reader, to.writer);
    ASSERT_FAILS(moved, broken_pipe);
    EXPECT_EQ(moved.error().transferred, 0U);
    EXPECT_VALUE(read_text(from.reader, 100), "kept");
}

SYSTEM_PIPE_TEST(transferred, nothing_at_the_end_of_the_stream_although_nobody_would_read_it) {
    auto from = this->make();
    auto to = this->make();
    from.writer.close();
    to.reader.close();
    EXPECT_VALUE(transfer(from.reader, to.writer), 0U);
}

SYSTEM_PIPE_TEST(transferred, until_either_end_is_closed_by_another_thread) {
    for (const bool source : {true, false}) {
        auto from = this->make();
        auto to = this->make();
        observed_thread relay([&] { EXPECT_FAILS(transfer(from.reader, to.writer), operation_canceled); });
        ASSERT_TRUE(relay.wait_until_blocked());
        if (source) {
            from.reader.close();
        } else {
            to.writer.close();
        }
    }
}

SYSTEM_PIPE_TEST(transferred, until_either_end_is_closed_while_it_waits_for_room) {
    for (const bool source : {true, false}) {
        auto from = this->make();
        auto to = this->make();
        fill(to.writer);
        ASSERT_OK(from.writer.write("x"));
        observed_thread relay([&] { EXPECT_FAILS(transfer(from.reader, to.writer), operation_canceled); });
        ASSERT_TRUE(relay.wait_until_blocked());
        if (source) {
            from.reader.close();
        } else {
            to.writer.close();
        }
    }
}

SYSTEM_PIPE_TEST(transferred, until_a_stop_is_requested) {
    auto from = this->make();
    auto to = this->make();
    std::stop_source enough;
    observed_thread relay([&] {
        EXPECT_FAILS(transfer(from.reader, to.writer, windpipe::no_limit, {.stop = enough.get_token()}),
                     operation_canceled);
    });
    ASSERT_TRUE(relay.wait_until_blocked());
    enough.request_stop();
}

SYSTEM_PIPE_TEST(transferred, into_the_pipe_it_comes_from) {
    auto [reader, writer] = this->make();
    ASSERT_OK(writer.write("round"));
    EXPECT_VALUE(transfer(reader, writer, 5), 5U);
    EXPECT_VALUE(read_text(reader, 100), "round");
}

TEST(transferred_without_ends, is_refused) {
    windpipe::pipe_reader reader;
    windpipe::pipe_writer writer;
    EXPECT_FAILS(transfer(reader, writer), bad_file_descriptor);
}

TEST(transferred_from_a_child, reaches_another_one) {
    constexpr std::size_t size = 1'000'000;
    auto first = or_throw(child_command("flood", std::to_string(size), "0").out(windpipe::piped).spawn());
    auto second = or_throw(child_command("check_pattern").in(windpipe::piped).out(windpipe::piped).spawn());
    EXPECT_VALUE(transfer(first.out, second.in), size);
    second.in.close();
    EXPECT_EQ(rest_of(second.out), std::to_string(size) + " ok\n");
    EXPECT_TRUE(exited_with(first.wait(), 0));
    EXPECT_TRUE(exited_with(second.wait(), 0));
}

} // namespace
} // namespace windpipe_test

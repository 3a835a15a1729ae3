// Rings with several processes at a side.
#include "helpers/processes.hpp"
#include "helpers/ring_messages.hpp"
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <windpipe/async.hpp>
#include <windpipe/ring.hpp>
#include <windpipe/waitable.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::or_throw;

class shared_rings : public leak_checked {
protected:
    static windpipe::ring_ends make(std::size_t capacity = 65536) {
        return or_throw(windpipe::make_ring({.capacity = capacity, .mode = windpipe::ring_mode::shared}));
    }
    /// A program with an end that this process keeps.
    template <class End>
    static windpipe::child start(const End& end, std::vector<std::string> arguments) {
        return or_throw(child_command("ring_end")
                            .args(arguments)
                            .give("end", or_throw(end.duplicate()))
                            .out(windpipe::piped)
                            .spawn());
    }
};

/// Reads one message; false at the end of stream.
bool read_message(windpipe::ring_reader& from, std::map<std::uint32_t, std::uint32_t>& seen) {
    message_head head{};
    const std::size_t got = or_throw(from.read(std::as_writable_bytes(std::span(&head, 1))));
    if (got == 0) {
        return false;
    }
    EXPECT_EQ(got, sizeof head);
    std::vector<std::byte> rest(std::min<std::size_t>(head.size, 1 << 20U));
    EXPECT_VALUE(from.read(rest), rest.size());
    const auto whole = ring_message(head.who, head.number);
    EXPECT_EQ(rest.size(), whole.size() - sizeof head);
    EXPECT_TRUE(std::equal(rest.begin(), rest.end(), whole.begin() + sizeof head)) << "not mixed with others";
    EXPECT_EQ(head.number, seen[head.who]++) << "in the order in which it was written";
    return true;
}

TEST_F(shared_rings, keep_each_write_of_several_processes_whole_whatever_its_size) {
    auto [reader, writer] = make();
    std::vector<windpipe::child> children;
    for (const char* who : {"1", "2", "3"}) {
        children.push_back(start(writer, {"writer", "end", "messages", who}));
    }
    std::jthread ours([out = std::move(writer)]() mutable {
        for (std::uint32_t number = 0; number < messages_each; ++number) {
            EXPECT_OK(out.write(ring_message(4, number)));
        }
    });
    std::map<std::uint32_t, std::uint32_t> seen;
    while (read_message(reader, seen) && !HasFailure()) {
    }
    for (const std::uint32_t who : {1, 2, 3, 4}) {
        EXPECT_EQ(seen[who], messages_each) << who;
    }
    for (windpipe::child& one : children) {
        EXPECT_TRUE(exited_with(one.wait(), 0));
    }
}

TEST_F(shared_rings, give_each_byte_to_one_of_several_reading_processes) {
    auto [reader, writer] = make();
    std::vector<windpipe::child> children;
    for (int i = 0; i < 3; ++i) {
        children.push_back(start(reader, {"reader", "end", "count"}));
    }
    reader.close();
    constexpr std::size_t size = 1'000'000;
    for (std::size_t written = 0; written < size; written += 1000) {
        ASSERT_OK(writer.write(std::vector<std::byte>(1000)));
    }
    writer.close();
    std::size_t total = 0;
    for (windpipe::child& one : children) {
        total += std::stoull(line_of(one.out));
        EXPECT_TRUE(exited_with(one.wait(), 0));
    }
    EXPECT_EQ(total, size);
}

TEST_F(shared_rings, end_when_the_last_of_several_writing_processes_has_gone) {
    auto [reader, writer] = make();
    std::array<std::byte, 1> byte{};
    auto first = start(writer, {"writer", "end", "ready", "hang"});
    auto second = start(writer, {"writer", "end", "ready", "hang"});
    writer.close();
    EXPECT_EQ(line_of(first.out).substr(0, 5), "ready");
    EXPECT_EQ(line_of(second.out).substr(0, 5), "ready");
    ASSERT_OK(first.kill());
    ASSERT_OK(first.wait());
    EXPECT_FAILS(reader.read_some(byte, {.until = 20ms}), timed_out);
    windpipe::result<std::size_t> got = 7;
    observed_thread waits([&, &in = reader] { got = in.read_some(byte); });
    ASSERT_TRUE(waits.wait_until_blocked());
    ASSERT_OK(second.kill());
    waits.join();
    EXPECT_VALUE(got, 0U);
    ASSERT_OK(second.wait());
}

TEST_F(shared_rings, break_when_the_last_of_several_reading_processes_has_gone) {
    auto [reader, writer] = make();
    auto child = start(reader, {"reader", "end", "ready", "hang"});
    EXPECT_EQ(line_of(child.out).substr(0, 5), "ready");
    reader.close();
    auto other = or_throw(writer.duplicate());
    ASSERT_OK(child.kill());
    ASSERT_OK(child.wait());
    EXPECT_FAILS(writer.write("x"), broken_pipe);
    EXPECT_FAILS(other.write("x"), broken_pipe);
}

TEST_F(shared_rings, are_left_whole_and_free_by_a_process_that_is_killed_in_a_write) {
    auto [reader, writer] = make();
    std::vector<std::byte> bytes(100'000);
    for (int time = 0; time < 10; ++time) {
        auto child = start(writer, {"writer", "end", "flood"});
        ASSERT_OK(reader.read(std::span(bytes).first(1024 * (1 + static_cast<std::size_t>(time) * 9))));
        ASSERT_OK(child.kill());
        ASSERT_OK(child.wait());
        EXPECT_EQ(drain(reader).size() % 1024, 0U) << "each write is whole";
        ASSERT_OK(writer.write("ours"));
        EXPECT_VALUE(read_text(reader, 10), "ours");
    }
}

TEST_F(shared_rings, let_no_call_wait_longer_than_it_may_for_another_one) {
    auto [reader, writer] = make();
    auto child = start(writer, {"writer", "end", "flood"});
    std::array<std::byte, 1024> bytes{};
    ASSERT_OK(reader.read(bytes));
    while (or_throw(reader.available()) < 65536) { // until it waits for room
        std::this_thread::yield();
    }
    EXPECT_FAILS(writer.write("x", at_once()), timed_out);
    EXPECT_FAILS(writer.write("x", {.until = 20ms}), timed_out);
    windpipe::result<void> outcome;
    observed_thread waits([&, &out = writer] { outcome = out.write("x"); });
    ASSERT_TRUE(waits.wait_until_blocked());
    writer.close();
    waits.join();
    EXPECT_FAILS(outcome, operation_canceled);
    ASSERT_OK(child.kill());
    ASSERT_OK(child.wait());
}

TEST_F(shared_rings, show_nothing_to_others_while_somebody_reads) {
    auto [reader, writer] = make();
    auto other = or_throw(windpipe::ring_reader::adopt(or_throw(reader.duplicate()).release()));
    std::array<std::byte, 8> bytes{};
    windpipe::result<std::size_t> got;
    observed_thread waits([&, &in = reader] { got = in.read(bytes); });
    ASSERT_TRUE(waits.wait_until_blocked());
    EXPECT_VALUE(other.available(), 0U);
    EXPECT_FAILS(other.read_some(bytes, at_once()), timed_out);
    ASSERT_OK(writer.write("12345678"));
    waits.join();
    EXPECT_VALUE(got, 8U);
    ASSERT_OK(writer.write("more"));
    EXPECT_VALUE(other.available(), 4U);
    EXPECT_VALUE(other.peek(bytes), 4U);
    EXPECT_VALUE(read_text(reader, 10), "more");
    EXPECT_VALUE(other.available(), 0U);
}

TEST_F(shared_rings, are_offered_and_redeemed_with_a_copy_kept) {
    auto [reader, writer] = make();
    const auto offered = or_throw(windpipe::offer::make(or_throw(reader.duplicate())));
    auto redeemed = or_throw(windpipe::redeem_ring_reader(offered.token()));
    ASSERT_OK(writer.write("onetwo"));
    EXPECT_VALUE(read_text(reader, 3), "one");
    EXPECT_VALUE(read_text(redeemed, 3), "two");
    redeemed.close();
    ASSERT_OK(writer.write("three"));
    EXPECT_VALUE(read_text(reader, 10), "three");
}

TEST_F(shared_rings, refuse_what_only_one_process_can_do) {
    auto [reader, writer] = make();
    EXPECT_FAILS(writer.reserve(1), operation_not_supported);
    EXPECT_FAILS(writer.commit(1), operation_not_supported);
    EXPECT_FAILS(reader.peek(std::size_t{1}), operation_not_supported);
    EXPECT_FAILS(reader.consume(1), operation_not_supported);
    EXPECT_FAILS(windpipe::make_waitable(reader), operation_not_supported);
    EXPECT_FAILS(windpipe::make_waitable(writer), operation_not_supported);
    auto on = or_throw(windpipe::loop::make());
    std::array<std::byte, 1> byte{};
    EXPECT_FAILS(on.run(on.read_some(reader, byte)), operation_not_supported);
    EXPECT_FAILS(on.run(on.write(writer, byte)), operation_not_supported);
}

TEST_F(shared_rings, are_adopted_with_their_turns_alone_and_others_without) {
    auto [reader, writer] = make();
    auto handles = reader.release();
    auto turns = std::move(handles.turns);
    EXPECT_FAILS(windpipe::ring_reader::adopt(std::move(handles)), invalid_argument);
    auto single = or_throw(windpipe::make_ring());
    auto others = single.reader.release();
    others.turns = std::move(turns);
    EXPECT_FAILS(windpipe::ring_reader::adopt(std::move(others)), invalid_argument);
    handles.turns = std::move(others.turns);
    reader = or_throw(windpipe::ring_reader::adopt(std::move(handles)));
    ASSERT_OK(writer.write("x"));
    EXPECT_VALUE(read_text(reader, 10), "x");
}

} // namespace
} // namespace windpipe_test

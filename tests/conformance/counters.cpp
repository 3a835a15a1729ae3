// What an end counts: bytes, calls and waits, each exact, and nothing before it is asked to.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;

PIPE_TEST(counters, are_zero_until_they_are_enabled) {
    auto [reader, writer] = this->make();
    for (int i = 0; i < 20; ++i) {
        ASSERT_OK(writer.write("one"));
    }
    EXPECT_EQ(writer.counters().bytes, 0U);
    EXPECT_EQ(writer.counters().calls, 0U);
    ASSERT_OK(writer.enable_counters());
    EXPECT_EQ(writer.counters().calls, 0U) << "what was before does not count";
    ASSERT_OK(writer.write("three"));
    ASSERT_OK(writer.enable_counters());
    EXPECT_EQ(writer.counters().bytes, 5U) << "a second time changes nothing";
    EXPECT_EQ(reader.counters().bytes, 0U) << "the other end does not count";
    const std::string all = windpipe::or_throw(read_text(reader, 65));
    EXPECT_EQ(all.size(), 65U);
    EXPECT_TRUE(all.ends_with("oneonethree"));
    EXPECT_EQ(reader.counters().calls, 0U);
}

PIPE_TEST(counters, tell_every_byte_and_call) {
    auto [reader, writer] = this->make();
    ASSERT_OK(reader.enable_counters());
    ASSERT_OK(writer.enable_counters());
    std::array<std::byte, 1000> bytes{};
    const std::array<windpipe::const_buffer, 2> pieces{std::span(bytes).first(10), std::span(bytes).first(20)};
    for (int i = 0; i < 50; ++i) {
        ASSERT_OK(writer.write(bytes));
        ASSERT_OK(writer.write_gather(pieces));
        EXPECT_VALUE(writer.write_some(bytes), 1000U);
        EXPECT_VALUE(reader.read(bytes), 1000U);
        EXPECT_VALUE(reader.read(std::span(bytes).first(30)), 30U);
        EXPECT_VALUE(reader.read(bytes), 1000U);
    }
    writer.close();
    std::vector<std::byte> rest;
    EXPECT_VALUE(reader.read_to_end(rest), 0U);
    EXPECT_EQ(writer.counters().bytes, 50U * 2030U) << "also after it is closed";
    EXPECT_EQ(writer.counters().calls, 150U);
    EXPECT_EQ(reader.counters().bytes, 50U * 2030U);
    EXPECT_EQ(reader.counters().calls, 151U);
    if (blocking_is_known) {
        EXPECT_EQ(writer.counters().waits, 0U) << "there was always room";
        EXPECT_EQ(writer.counters().waited, 0ns);
    }
    EXPECT_EQ(reader.counters().waits, 0U) << "there was always something";
}

PIPE_TEST(counters, tell_how_long_a_call_slept) {
    auto [reader, writer] = this->make();
    ASSERT_OK(reader.enable_counters());
    ASSERT_OK(writer.enable_counters());
    EXPECT_FAILS(read_text(reader, 1, at_once()), timed_out);
    EXPECT_EQ(reader.counters().waits, 0U) << "there was no time to sleep";
    EXPECT_FAILS(read_text(reader, 1, {.until = 30ms}), timed_out);
    EXPECT_GE(reader.counters().waits, 1U);
    EXPECT_GE(reader.counters().waited, 20ms);
    EXPECT_EQ(reader.counters().calls, 2U);
    EXPECT_EQ(reader.counters().bytes, 0U);
    const std::size_t size = fill(writer);
    EXPECT_EQ(writer.counters().bytes, size);
    EXPECT_FAILS(writer.write(std::vector<std::byte>(8192), {.until = 30ms}), timed_out);
    EXPECT_GE(writer.counters().waits, 1U);
    EXPECT_GE(writer.counters().waited, 20ms);
}

PIPE_TEST(counters, tell_of_a_wait_for_another_thread) {
    auto [reader, writer] = this->make();
    ASSERT_OK(reader.enable_counters());
    {
        observed_thread waiting([&, &in = reader] { EXPECT_VALUE(read_text(in, 1), "x"); });
        ASSERT_TRUE(waiting.wait_until_blocked());
        ASSERT_OK(writer.write("x"));
    }
    EXPECT_EQ(reader.counters().bytes, 1U);
    EXPECT_EQ(reader.counters().calls, 1U);
    if (blocking_is_known) {
        EXPECT_GE(reader.counters().waits, 1U);
        EXPECT_GT(reader.counters().waited, 0ns);
    }
}

SYSTEM_PIPE_TEST(counters, tell_of_transfers_on_both_ends) {
    auto from = this->make();
    auto to = this->make();
    auto also = this->make();
    ASSERT_OK(from.reader.enable_counters());
    ASSERT_OK(to.writer.enable_counters());
    ASSERT_OK(also.writer.enable_counters());
    ASSERT_OK(from.writer.write("one two three"));
    EXPECT_VALUE(windpipe::transfer(from.reader, to.writer, 4), 4U);
    EXPECT_VALUE(windpipe::tee(from.reader, to.writer, also.writer, 4), 4U);
    EXPECT_EQ(from.reader.counters().bytes, 8U);
    EXPECT_EQ(from.reader.counters().calls, 2U);
    EXPECT_EQ(to.writer.counters().bytes, 8U);
    EXPECT_EQ(to.writer.counters().calls, 2U);
    EXPECT_EQ(also.writer.counters().bytes, 4U);
    EXPECT_EQ(also.writer.counters().calls, 1U);
}

TEST(counters, of_no_end_are_zero_and_cannot_be_enabled) {
    windpipe::pipe_reader none;
    EXPECT_FAILS(none.enable_counters(), bad_file_descriptor);
    EXPECT_EQ(none.counters().calls, 0U);
}

TEST(counters, go_along_with_an_end_that_is_moved) {
    auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    ASSERT_OK(writer.enable_counters());
    ASSERT_OK(writer.write("one"));
    windpipe::pipe_writer moved = std::move(writer);
    ASSERT_OK(moved.write("two"));
    EXPECT_EQ(moved.counters().bytes, 6U);
    auto copy = windpipe::or_throw(moved.duplicate());
    EXPECT_EQ(copy.counters().bytes, 0U) << "a duplicate counts for itself";
}

} // namespace
} // namespace windpipe_test

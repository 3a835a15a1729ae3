// rings.cpp - ends of rings among other objects that a program of Windows waits for.
#include "support/result.hpp"

#include <windpipe/ring.hpp>
#include <windpipe/waitable.hpp>

#include <windows.h>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <thread>

namespace windpipe_test {

namespace {

using windpipe::make_ring;
using windpipe::make_waitable;
using windpipe::or_throw;

constexpr std::size_t capacity = 65536;

windpipe::wait_limit at_once() { return {.until = std::chrono::seconds(0)}; }

bool is_ready(const windpipe::unique_handle& what) { return ::WaitForSingleObject(what.get(), 0) == WAIT_OBJECT_0; }

TEST(rings_on_windows, an_event_is_signalled_when_what_timed_out_could_be_done) {
    auto [reader, writer] = or_throw(make_ring({.capacity = capacity}));
    const auto readable = or_throw(make_waitable(reader));
    const auto writable = or_throw(make_waitable(writer));
    std::array<std::byte, capacity> bytes{};
    for (int time = 0; time < 10; ++time) {
        EXPECT_FAILS(reader.read_some(bytes, at_once()), timed_out);
        EXPECT_FALSE(is_ready(readable));
        ASSERT_OK(writer.write(bytes));
        EXPECT_TRUE(is_ready(readable));
        EXPECT_FAILS(writer.write("x", at_once()), timed_out);
        EXPECT_FALSE(is_ready(writable));
        EXPECT_VALUE(reader.read_some(bytes, at_once()), capacity);
        EXPECT_TRUE(is_ready(writable));
    }
    const auto again = or_throw(make_waitable(reader));
    EXPECT_FAILS(reader.read_some(bytes, at_once()), timed_out);
    EXPECT_FALSE(is_ready(again));
    writer.close();
    EXPECT_TRUE(is_ready(again)) << "the end of the stream";
    EXPECT_TRUE(is_ready(readable));
    EXPECT_VALUE(reader.read_some(bytes, at_once()), 0U);
    EXPECT_FAILS(make_waitable(writer), bad_file_descriptor);
}

TEST(rings_on_windows, wake_who_waits_for_several_objects) {
    auto first = or_throw(make_ring({.capacity = capacity}));
    auto second = or_throw(make_ring({.capacity = capacity}));
    const auto one = or_throw(make_waitable(first.reader));
    const auto other = or_throw(make_waitable(second.reader));
    const std::array<HANDLE, 2> both{one.get(), other.get()};
    std::array<std::byte, 8> bytes{};
    EXPECT_FAILS(first.reader.read_some(bytes, at_once()), timed_out);
    EXPECT_FAILS(second.reader.read_some(bytes, at_once()), timed_out);
    std::thread writes([&] { ASSERT_OK(second.writer.write("x")); });
    EXPECT_EQ(::WaitForMultipleObjects(2, both.data(), FALSE, INFINITE), WAIT_OBJECT_0 + 1);
    writes.join();
    EXPECT_VALUE(second.reader.read_some(bytes, at_once()), 1U);
}

TEST(rings_on_windows, an_end_that_is_waited_for_can_be_closed_or_given_away) {
    auto [reader, writer] = or_throw(make_ring({.capacity = capacity}));
    const auto readable = or_throw(make_waitable(reader));
    auto adopted = or_throw(windpipe::ring_reader::adopt(reader.release()));
    ASSERT_OK(writer.write("x"));
    std::array<std::byte, 8> bytes{};
    EXPECT_VALUE(adopted.read_some(bytes), 1U);
    const auto again = or_throw(make_waitable(adopted));
    adopted.close();
    EXPECT_FAILS(writer.write("y"), broken_pipe);
}

} // namespace
} // namespace windpipe_test

// Ends of rings in an event loop of Asio: it waits for what make_waitable() gives.
#include "on_asio.hpp"
#include "ready.hpp" // the one of the system

#include "support/pattern.hpp"
#include "support/result.hpp"

#include <windpipe/ring.hpp>
#include <windpipe/waitable.hpp>

#include <asio/experimental/awaitable_operators.hpp>
#include <asio/this_coro.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace windpipe_test {
namespace {

using namespace asio::experimental::awaitable_operators;
using asio::awaitable;
using windpipe::or_throw;

constexpr windpipe::ring_options small{.capacity = 65536};

windpipe::wait_limit at_once() { return {.until = std::chrono::seconds(0)}; }

awaitable<void> write_all(windpipe::ring_writer to, std::span<const std::byte> bytes) {
    ready room(co_await asio::this_coro::executor, or_throw(windpipe::make_waitable(to)));
    while (!bytes.empty()) {
        const auto n = to.write_some(bytes, at_once());
        if (n) {
            bytes = bytes.subspan(*n);
            continue;
        }
        EXPECT_FAILS(n, timed_out);
        co_await room.wait();
    }
    to.close();
}

awaitable<std::vector<std::byte>> read_to_end(windpipe::ring_reader& from) {
    ready data(co_await asio::this_coro::executor, or_throw(windpipe::make_waitable(from)));
    std::vector<std::byte> all;
    std::vector<std::byte> piece(1000);
    while (true) {
        const auto n = from.read_some(piece, at_once());
        if (n && *n == 0) {
            co_return all;
        }
        if (n) {
            all.insert(all.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*n));
            continue;
        }
        EXPECT_FAILS(n, timed_out);
        co_await data.wait();
    }
}

TEST(asio_rings, carry_more_than_they_hold_between_two_coroutines_of_one_thread) {
    run_on_asio([]() -> awaitable<void> {
        auto ends = or_throw(windpipe::make_ring(small));
        const auto sent = pattern(300'000);
        const auto got = co_await (write_all(std::move(ends.writer), sent) && read_to_end(ends.reader));
        EXPECT_TRUE(std::ranges::equal(got, sent));
    });
}

} // namespace
} // namespace windpipe_test

// A ring whose other side is hostile: it writes anything to the shared memory, at any time.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/hostile_time.hpp"
#include "support/native.hpp"
#include "support/watchdog.hpp"

#include <windpipe/ring.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::make_ring;
using windpipe::or_throw;
using windpipe::ring_reader;
using windpipe::ring_writer;

class hostile_rings : public leak_checked {};

/// Writes to all of the shared memory in front of the bytes, as another process could, until it is told to stop.
void scribble(std::span<std::byte> header, std::uint32_t seed, const std::atomic<bool>& stop) {
    std::mt19937_64 random(seed);
    while (!stop) {
        const std::uint64_t place = random() % 9 * 128 + random() % 4 * 4; // the words that mean something
        std::uint64_t value = random();
        switch (random() % 4) {
        case 0:
            value >>= random() % 64;
            break;
        case 1:
            std::memcpy(&value, header.data() + random() % 9 * 128, sizeof value); // what stands elsewhere
            value += random() % 70'000;
            break;
        case 2:
            value = 0 - random() % 70'000;
            break;
        default:
            break;
        }
        std::memcpy(header.data() + place, &value, sizeof value);
    }
}

/// Makes calls on an end until the time is over. How many of them said that the ring is damaged.
template <class Act>
std::size_t use_until(std::chrono::steady_clock::time_point until, const Act& act) {
    std::size_t damaged = 0;
    for (std::uint32_t turn = 0; std::chrono::steady_clock::now() < until; ++turn) {
        const std::optional<windpipe::error> failed = act(turn);
        if (failed) {
            const auto& code = failed->code;
            // The last: it is told that this end relies on barriers, where this process has none.
            const bool is_damaged = code == std::errc::protocol_error || code == std::errc::operation_not_supported;
            EXPECT_TRUE(is_damaged || code == std::errc::timed_out || code == std::errc::broken_pipe)
                << failed->message();
            damaged += is_damaged ? 1 : 0;
        }
    }
    return damaged;
}

template <class T>
std::optional<windpipe::error> failure_of(const windpipe::result<T>& outcome) {
    return outcome ? std::nullopt : std::optional(outcome.error());
}

/// Both ends are used while somebody writes to their memory.
void use_while_scribbled_over(windpipe::ring_mode mode) {
    allow(std::chrono::duration_cast<std::chrono::seconds>(hostile_time()) + 60s);
    const bool in_place = mode == windpipe::ring_mode::exclusive;
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536, .mode = mode}));
    auto handles = reader.release();
    const shared_memory shared(handles.memory.get(), 65536);
    reader = or_throw(ring_reader::adopt(std::move(handles)));
    std::atomic<bool> stop = false;
    std::jthread hostile([&] { scribble(shared.bytes(), 1, stop); });
    const auto until = std::chrono::steady_clock::now() + hostile_time();
    std::size_t seen_by_writer = 0;
    std::jthread writes([&] {
        const auto bytes = pattern(100'000);
        seen_by_writer = use_until(until, [&](std::uint32_t turn) {
            const windpipe::wait_limit limit{.until = turn % 3 == 0 ? 100us : 0us};
            if (in_place && turn % 5 == 0) {
                auto room = writer.reserve(1 + turn % 65536, limit);
                if (room) {
                    std::ranges::fill(*room, std::byte{1});
                    return failure_of(writer.commit(turn % (room->size() + 1)));
                }
                return failure_of(room);
            }
            return failure_of(writer.write(std::span(bytes).first(turn * 997 % bytes.size()), limit));
        });
    });
    std::vector<std::byte> into(100'000);
    const std::size_t seen_by_reader = use_until(until, [&](std::uint32_t turn) -> std::optional<windpipe::error> {
        const windpipe::wait_limit limit{.until = turn % 3 == 0 ? 100us : 0us};
        if (in_place && turn % 5 == 0) {
            auto there = reader.peek(1 + turn % 65536, limit);
            if (there) {
                EXPECT_LE(there->size(), 65536U);
                into.assign(there->begin(), there->end());
                into.resize(100'000);
                return failure_of(reader.consume(turn % (there->size() + 1)));
            }
            return failure_of(there);
        }
        const auto n = reader.read_some(std::span(into).first(1 + turn * 991 % 99'999), limit);
        EXPECT_LE(n.value_or(0), 65536U);
        return failure_of(n);
    });
    writes.join();
    stop = true;
    hostile.join();
    EXPECT_GT(seen_by_reader + seen_by_writer, 0U) << "it must have been noticed";
}

TEST_F(hostile_rings, that_a_hostile_process_scribbles_over_stay_within_their_memory_and_their_deadlines) {
    use_while_scribbled_over(windpipe::ring_mode::exclusive);
}

TEST_F(hostile_rings, of_several_processes_that_one_scribbles_over_stay_within_their_memory_and_their_deadlines) {
    use_while_scribbled_over(windpipe::ring_mode::shared);
}

TEST_F(hostile_rings, whose_memory_says_what_cannot_be_are_refused) {
    for (const std::size_t word : {std::size_t{0}, std::size_t{128}, std::size_t{640}}) { // kind, both counters
        auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
        auto handles = reader.release();
        const shared_memory shared(handles.memory.get(), 65536);
        const std::uint64_t wrong = 65536U * 3;
        std::memcpy(shared.bytes().data() + word, &wrong, sizeof wrong);
        EXPECT_FAILS(ring_reader::adopt(std::move(handles)), protocol_error);
        EXPECT_TRUE(handles) << "untouched";
    }
}

TEST_F(hostile_rings, are_not_made_of_what_is_no_ring) {
    auto [reader, writer] = or_throw(make_ring());
    auto handles = reader.release();
    auto memory = std::exchange(handles.memory, scratch_file());
    EXPECT_FAILS(ring_reader::adopt(std::move(handles)), invalid_argument);
    std::swap(handles.memory, memory);
    EXPECT_OK(ring_reader::adopt(std::move(handles)));
    EXPECT_FAILS(ring_reader::adopt({}), bad_file_descriptor);
}

} // namespace
} // namespace windpipe_test

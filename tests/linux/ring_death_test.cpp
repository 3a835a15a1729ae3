// A process that is killed between any two instructions of a call on its end of a ring.
#include "stepper.hpp"

#include "support/children.hpp"
#include "support/native.hpp"
#include "support/result.hpp"
#include "support/threads.hpp"
#include "support/watchdog.hpp"

#include <windpipe/handover.hpp>
#include <windpipe/ring.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::make_ring;
using windpipe::or_throw;
using windpipe::ring_mode;
using windpipe::ring_reader;
using windpipe::ring_writer;

constexpr std::array<std::size_t, 3> parts{64, 100, 2000}; // what step_ring moves
constexpr std::size_t all = 64 + 100 + 2000;
constexpr std::chrono::seconds a_while(300); // where others want the processors, each step waits for them

/// From one instruction that is tried to the next: of so many, all would take minutes.
std::size_t stride(std::size_t steps) {
    constexpr std::size_t affordable = 20'000; // steps in all; each is two switches between processes
    const std::size_t deaths = std::clamp<std::size_t>(2 * affordable / (steps + 1), 8, 60);
    return steps / deaths + 1;
}

template <class End>
std::optional<stepper> start(const char* role, End end) {
    const auto standing = or_throw(windpipe::offer::make(std::move(end)));
    auto started = stepper::start(child_program("step_ring"), {role, standing.token()});
    if (started) {
        EXPECT_OK(standing.wait({.until = std::chrono::seconds(60)}));
    }
    return started;
}

/// False: it has ended before.
bool die_after(stepper& who, std::size_t instructions) {
    while (instructions > 0 && who.step()) {
        --instructions;
    }
    who.kill();
    return instructions == 0;
}

/// Whether these are the first parts, each of them whole and right.
bool are_whole_parts(std::span<const std::byte> bytes) {
    for (std::size_t part = 0; part < parts.size() && !bytes.empty(); ++part) {
        if (bytes.size() < parts[part] ||
            std::ranges::count(bytes.first(parts[part]), static_cast<std::byte>(part + 1)) !=
                static_cast<std::ptrdiff_t>(parts[part])) {
            return false;
        }
        bytes = bytes.subspan(parts[part]);
    }
    return bytes.empty();
}

/// What can be read now.
std::vector<std::byte> read_there(ring_reader& from) {
    std::vector<std::byte> got(all);
    const auto n = from.read_some(got, {.until = std::chrono::seconds(0)});
    EXPECT_TRUE(n || n.error().code == std::errc::timed_out);
    got.resize(n.value_or(0));
    return got;
}

/// By how many instructions a writer has written everything; after each of them there are whole parts only.
std::optional<std::size_t> steps_to_write_all(const char* role, ring_mode mode) {
    auto ends = or_throw(make_ring({.capacity = 65536, .mode = mode}));
    auto writer = start(role, std::move(ends.writer));
    std::vector<std::byte> got;
    std::size_t steps = 0;
    for (; writer && got.size() < all; ++steps) {
        EXPECT_TRUE(writer->step());
        const auto more = read_there(ends.reader);
        got.insert(got.end(), more.begin(), more.end());
        if (!are_whole_parts(got) || ::testing::Test::HasFailure()) {
            ADD_FAILURE() << "after " << steps << " instructions there are " << got.size() << " bytes";
            return std::nullopt;
        }
    }
    return writer ? std::optional(steps) : std::nullopt;
}

/// By how many instructions a reader has read everything.
std::optional<std::size_t> steps_to_read_all() {
    auto ends = or_throw(make_ring({.capacity = 65536}));
    EXPECT_OK(ends.writer.write(std::vector<std::byte>(all)));
    auto reader = start("reader", std::move(ends.reader));
    std::size_t steps = 0;
    for (; reader && !ends.writer.reserve(65536, {.until = std::chrono::seconds(0)}); ++steps) { // room for so many
        if (!reader->step()) {
            ADD_FAILURE() << "it has ended after " << steps << " instructions";
            return std::nullopt;
        }
    }
    return reader ? std::optional(steps) : std::nullopt;
}

TEST(ring_death, of_a_writer_at_any_instruction_ends_the_stream_behind_whole_writes) {
    allow(a_while);
    const auto steps = steps_to_write_all("writer", ring_mode::exclusive);
    if (!steps) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    RecordProperty("instructions", static_cast<int>(*steps));
    for (std::size_t death = 0; death <= *steps; death += stride(*steps)) {
        auto ends = or_throw(make_ring({.capacity = 65536}));
        auto writer = start("writer", std::move(ends.writer));
        ASSERT_TRUE(writer && die_after(*writer, death));
        std::vector<std::byte> got;
        ASSERT_OK(ends.reader.read_to_end(got));
        EXPECT_TRUE(are_whole_parts(got)) << got.size() << " bytes after " << death << " instructions";
    }
}

TEST(ring_death, of_one_of_several_writers_at_any_instruction_leaves_whole_writes_and_its_side_to_the_others) {
    allow(a_while);
    const auto steps = steps_to_write_all("sharer", ring_mode::shared);
    if (!steps) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    RecordProperty("instructions", static_cast<int>(*steps));
    for (std::size_t death = 0; death <= *steps; death += stride(*steps)) {
        auto ends = or_throw(make_ring({.capacity = 65536, .mode = ring_mode::shared}));
        auto writer = start("sharer", or_throw(ends.writer.duplicate()));
        ASSERT_TRUE(writer && die_after(*writer, death));
        ASSERT_OK(ends.writer.write("ours"));
        ends.writer.close();
        std::vector<std::byte> got;
        ASSERT_OK(ends.reader.read_to_end(got));
        ASSERT_GE(got.size(), 4U);
        EXPECT_EQ(static_cast<char>(got.back()), 's');
        got.resize(got.size() - 4);
        EXPECT_TRUE(are_whole_parts(got)) << got.size() << " bytes after " << death << " instructions";
    }
}

/// Ends a read that would last for ever, where the test has failed.
struct nobody_writes {
    stepper& theirs;
    ring_writer& ours;
    ~nobody_writes() {
        theirs.kill();
        ours.close();
    }
};

/// How far the writers say they are: the word that docs/ring.md has at the start of what their side writes.
std::uint64_t told(const shared_memory& memory) {
    std::uint64_t counter = 0;
    std::memcpy(&counter, memory.bytes().data() + 128, sizeof counter);
    return counter;
}

TEST(ring_death, of_one_of_several_writers_before_it_rings_keeps_no_reader_asleep) {
    allow(a_while);
    constexpr std::size_t around = 150; // the bell is rung within about so many
    for (std::size_t death = 0; death <= around; death += 5) {
        auto ends = or_throw(make_ring({.capacity = 65536, .mode = ring_mode::shared}));
        auto handles = ends.reader.release();
        const shared_memory memory(handles.memory.get(), 65536);
        ends.reader = or_throw(ring_reader::adopt(std::move(handles)));
        auto writer = start("sharer", or_throw(ends.writer.duplicate()));
        if (!writer && death == 0) {
            GTEST_SKIP() << "ptrace(2) is not allowed here";
        }
        ASSERT_TRUE(writer);
        std::vector<std::byte> got(parts[0]);
        windpipe::result<std::size_t> read = 0;
        observed_thread reads([&] { read = ends.reader.read(got); });
        const nobody_writes at_last{*writer, ends.writer};
        ASSERT_TRUE(reads.wait_until_blocked());
        while (told(memory) == 0) { // not after the same number in each run
            ASSERT_TRUE(writer->step());
        }
        ASSERT_TRUE(die_after(*writer, death));
        const bool wakes_by_itself = death % 50 == 45; // where nobody else makes a call; that takes up to a second
        if (!wakes_by_itself) {
            ASSERT_OK(ends.writer.write(std::vector<std::byte>(parts[0])));
        }
        reads.join();
        EXPECT_VALUE(read, parts[0]);
    }
}

TEST(ring_death, of_a_reader_at_any_instruction_breaks_the_ring_for_the_writer) {
    allow(a_while);
    const auto steps = steps_to_read_all();
    if (!steps) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    RecordProperty("instructions", static_cast<int>(*steps));
    for (std::size_t death = 0; death <= *steps; death += stride(*steps)) {
        auto ends = or_throw(make_ring({.capacity = 65536}));
        ASSERT_OK(ends.writer.write(std::vector<std::byte>(all)));
        auto reader = start("reader", std::move(ends.reader));
        ASSERT_TRUE(reader && die_after(*reader, death));
        const std::vector<std::byte> more(2 * 65536UL); // more than there is room for
        EXPECT_FAILS(ends.writer.write(more), broken_pipe);
    }
}

} // namespace

// Every system call of what is done with rings fails once.
#include "each_call.hpp"

#include <windpipe/ring.hpp>
#include <windpipe/waitable.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::make_ring;
using windpipe::or_throw;
using windpipe::ring_mode;

template <ring_mode mode>
void make_rings() {
    auto ring = or_throw(make_ring({.capacity = 65536, .mode = mode}));
    EXPECT_EQ(or_throw(ring.reader.capacity()), 65536U);
}

template <ring_mode mode>
void copy_and_adopt() {
    auto ring = or_throw(make_ring({.capacity = 65536, .mode = mode}));
    auto second = or_throw(ring.writer.duplicate());
    ring.writer.close();
    auto reader = or_throw(windpipe::ring_reader::adopt(ring.reader.release()));
    auto writer = or_throw(windpipe::ring_writer::adopt(second.release()));
    or_throw(writer.write("hello"));
    std::array<std::byte, 5> got{};
    EXPECT_EQ(or_throw(reader.read(got)), 5U);
}

/// What a call says it has moved, and whether it has failed.
template <class T>
std::size_t moved(const windpipe::result<T>& outcome, std::size_t whole, windpipe::result<void>& failed) {
    if (outcome) {
        return whole;
    }
    if (outcome.error().code != std::errc::timed_out) {
        failed = std::unexpected(outcome.error());
    }
    return outcome.error().transferred;
}

/// Nothing is lost or moved twice, whether a call says that it failed or not.
template <ring_mode mode>
void write_and_read() {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536, .mode = mode}));
    std::size_t written = 0;
    std::size_t read = 0;
    std::array<std::byte, 3000> bytes{};
    windpipe::result<void> failed;
    const auto read_once = [&] {
        const auto got = reader.read_some(bytes, {.until = 0s});
        const std::size_t more = moved(got, got.value_or(0), failed);
        read += more;
        return more > 0;
    };
    for (int time = 0; time < 50; ++time) { // sometimes full, sometimes empty
        written += moved(writer.write(bytes, {.until = 0s}), bytes.size(), failed);
        if (time % 30 == 29) {
            while (read_once()) {
            }
        }
    }
    writer.close();
    for (int time = 0; time < 3 && read < written; ++time) {
        std::vector<std::byte> rest;
        const auto all = reader.read_to_end(rest);
        read += moved(all, rest.size(), failed);
    }
    EXPECT_EQ(read, written);
    or_throw(std::move(failed));
}

/// Each call gives its side back, whatever fails in it: else the next one could not be made.
void wait_for_a_turn() {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536, .mode = ring_mode::shared}));
    auto other = or_throw(windpipe::ring_reader::adopt(or_throw(reader.duplicate()).release()));
    std::array<std::byte, 1> got{};
    const auto empty = reader.read_some(got, {.until = 1ms}); // it sleeps with its turn
    ASSERT_FALSE(empty);
    windpipe::result<void> failed;
    (void)moved(empty, 0, failed);
    for (int tries = 0; tries < 2; ++tries) { // the second for a failed one
        const auto written = writer.write("x", {.until = 10s});
        (void)moved(written, 1, failed);
        if (written) {
            break;
        }
    }
    for (int tries = 0; tries < 2; ++tries) {
        const auto read = other.read_some(got, {.until = 10s});
        (void)moved(read, 1, failed);
        if (read) {
            break;
        }
    }
    or_throw(std::move(failed));
}

void wait_for_rings_by_other_means() {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    const auto readable = or_throw(windpipe::make_waitable(reader));
    const auto again = or_throw(windpipe::make_waitable(reader));
    const auto writable = or_throw(windpipe::make_waitable(writer));
    or_throw(writer.write("x"));
    std::array<std::byte, 1> got{};
    EXPECT_EQ(or_throw(reader.read_some(got)), 1U);
}

void write_without_readers() {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    reader.close();
    auto written = writer.write("x");
    ASSERT_FALSE(written);
    if (written.error().code != std::errc::broken_pipe) {
        or_throw(std::move(written));
    }
}

const std::vector<std::pair<const char*, operation>>& ring_operations() {
    static const std::vector<std::pair<const char*, operation>> all{
        {"make_rings", make_rings<ring_mode::exclusive>},
        {"copy_and_adopt", copy_and_adopt<ring_mode::exclusive>},
        {"write_and_read", write_and_read<ring_mode::exclusive>},
        {"make_shared_rings", make_rings<ring_mode::shared>},
        {"copy_and_adopt_shared", copy_and_adopt<ring_mode::shared>},
        {"write_and_read_shared", write_and_read<ring_mode::shared>},
        {"wait_for_a_turn", wait_for_a_turn},
        {"write_without_readers", write_without_readers},
        {"wait_for_rings_by_other_means", wait_for_rings_by_other_means},
    };
    return all;
}

class ring_faults : public testing::TestWithParam<std::size_t> {};

TEST_P(ring_faults, are_errors_that_leave_nothing_behind) {
    for (const int code : usual_codes()) {
        SCOPED_TRACE("with the error " + std::to_string(code));
        fail_each_call(ring_operations().at(GetParam()).second, code);
    }
}

INSTANTIATE_TEST_SUITE_P(each, ring_faults, testing::Range(std::size_t{0}, ring_operations().size()),
                         [](const auto& info) { return ring_operations().at(info.param).first; });

TEST(ring_faults, an_end_is_left_to_its_owner_when_it_cannot_be_adopted) {
    auto [reader, writer] = or_throw(make_ring({.capacity = 65536}));
    auto handles = writer.release();
    for (const int code : usual_codes()) {
        for (std::size_t n = 1; n <= 3; ++n) {
            fail_nth(n, code);
            const auto adopted = windpipe::ring_writer::adopt(std::move(handles));
            none();
            ASSERT_FALSE(adopted);
            ASSERT_TRUE(handles.woken_by && handles.wakes && handles.memory) << "the caller's still";
        }
    }
    EXPECT_TRUE(windpipe::ring_writer::adopt(std::move(handles)));
}

} // namespace

} // namespace windpipe_test::faults

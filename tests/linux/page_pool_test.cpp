// What lends pages on Linux, and what becomes of them when they are moved on instead of read.
#include "conformance/pipe_tools.hpp"

#include <windpipe/linux.hpp>
#include <windpipe/page_pool.hpp>
#include <windpipe/transfer.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace windpipe_test {
namespace {

using windpipe::or_throw;
using windpipe::page_pool;

TEST(page_pool, lends_its_pages) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    auto pool = or_throw(page_pool::make(std::move(writer)));
    if (!pool.lends()) {
        GTEST_SKIP() << "this kernel has no RWF_NOWAIT for pipes";
    }
    const auto room = or_throw(pool.room());
    std::ranges::fill(room, std::byte{'a'});
    ASSERT_OK(pool.send(4));
    std::ranges::fill(room, std::byte{'b'});
    EXPECT_VALUE(read_text(reader, 9), "bbbb"); // they were not copied
}

TEST(page_pool, does_not_offer_what_has_not_been_read) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const std::size_t capacity = or_throw(writer.capacity());
    auto pool = or_throw(page_pool::make(std::move(writer)));
    for (std::size_t sent = 0; sent < capacity; sent += 4096) {
        ASSERT_OK(pool.write(pattern(4096, sent)));
    }
    for (std::size_t free = capacity; free > 0;) { // without sending anything of it
        const auto room = or_throw(pool.room());
        ASSERT_LE(room.size(), capacity);
        std::ranges::fill(room, std::byte{'x'});
        free -= std::min(free, room.size());
    }
    expect_pattern(reader, capacity);
}

TEST(page_pool, copies_what_has_no_place_in_a_pipe_that_was_enlarged) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    auto pool = or_throw(page_pool::make(std::move(writer)));
    const std::size_t capacity = or_throw(windpipe::set_capacity(pool.end(), 1 << 20));
    std::size_t sent = 0;
    for (; sent + 16'384 <= capacity; sent += 16'384) {
        ASSERT_OK(pool.write(pattern(16'384, sent)));
    }
    expect_pattern(reader, sent);
}

TEST(page_pool, changes_what_a_reader_has_moved_on_without_reading_it) {
    auto from = or_throw(windpipe::make_pipe());
    auto to = or_throw(windpipe::make_pipe());
    auto pool = or_throw(page_pool::make(std::move(from.writer)));
    if (!pool.lends()) {
        GTEST_SKIP() << "this kernel has no RWF_NOWAIT for pipes";
    }
    const std::string before(4096, 'a');
    ASSERT_OK(pool.write(bytes_of(before)));
    EXPECT_VALUE(windpipe::transfer(from.reader, to.writer, before.size()), before.size());
    for (int i = 0; i < 40; ++i) { // once around the ring
        ASSERT_OK(pool.write(bytes_of(std::string(4096, 'b'))));
        EXPECT_VALUE(read_text(from.reader, 4096), std::string(4096, 'b'));
    }
    EXPECT_NE(read_text(to.reader, 4096), before) << "the hazard that page_pool.hpp warns of";
}

} // namespace
} // namespace windpipe_test

// One system call per operation on an end, and none to make it ready or to clean up: the same on both systems.
#include "faults.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace windpipe_test::faults {

namespace {

using windpipe::or_throw;

/// The calls of `body` at its second run: at the first it may make what a thread keeps.
template <class Body>
std::vector<std::string> calls_of(Body body) {
    body();
    none();
    body();
    return names();
}

class call_counts : public testing::Test {
protected:
    windpipe::pipe_ends ends = or_throw(windpipe::make_pipe());
    std::array<std::byte, 4096> bytes{};
};

TEST_F(call_counts, are_two_for_a_write_and_the_read_of_it) {
    const auto made = calls_of([&] {
        or_throw(ends.writer.write(bytes));
        EXPECT_EQ(or_throw(ends.reader.read(bytes)), bytes.size());
    });
    EXPECT_EQ(made.size(), 2U) << testing::PrintToString(made);
}

TEST_F(call_counts, are_two_for_a_part_and_the_read_of_it) {
    const auto made = calls_of([&] {
        EXPECT_EQ(or_throw(ends.writer.write_some(bytes)), bytes.size());
        EXPECT_EQ(or_throw(ends.reader.read_some(bytes)), bytes.size());
    });
    EXPECT_EQ(made.size(), 2U) << testing::PrintToString(made);
}

TEST_F(call_counts, are_two_for_many_short_pieces_and_the_read_of_them) {
    const std::vector<windpipe::const_buffer> pieces(100, std::span(bytes).first(40));
    const auto made = calls_of([&] {
        or_throw(ends.writer.write_gather(pieces));
        EXPECT_EQ(or_throw(ends.reader.read_some(bytes)), 4000U);
    });
    EXPECT_EQ(made.size(), 2U) << testing::PrintToString(made);
}

TEST_F(call_counts, of_an_end_that_is_made_and_closed_do_not_grow_with_its_use) {
    const auto unused = calls_of([] { auto made = or_throw(windpipe::make_pipe()); });
    const auto used = calls_of([&] {
        auto made = or_throw(windpipe::make_pipe());
        or_throw(made.writer.write(bytes));
        or_throw(made.reader.read(bytes));
    });
    EXPECT_EQ(used.size(), unused.size() + 2) << testing::PrintToString(used);
}

} // namespace

} // namespace windpipe_test::faults

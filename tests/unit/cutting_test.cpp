// Large writes are cut where that moved more bytes per time, and only there.
#include "core/cutting.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <vector>

namespace {

using namespace std::chrono_literals;
using windpipe::cutting;

constexpr std::size_t mebibyte{1 << 20};

/// Writes `total` bytes in calls of `size`. A part takes the time that `nanoseconds_per_byte(piece)` says. The pieces
/// that were used, call by call; the time all of it took is added to `spent`.
template <class Price>
std::vector<std::size_t> write(cutting& cuts, std::size_t total, std::size_t size, Price nanoseconds_per_byte,
                               bool in_step = true, double* spent = nullptr) {
    std::vector<std::size_t> pieces;
    for (std::size_t written = 0; written < total; written += size) {
        for (std::size_t left = size; left > 0;) {
            const cutting::part part = cuts.next(left, in_step);
            EXPECT_GT(part.size, 0U);
            EXPECT_LE(part.size, left);
            pieces.push_back(part.piece);
            const double time = nanoseconds_per_byte(part.piece) * static_cast<double>(part.size);
            if (spent != nullptr) {
                *spent += time;
            }
            if (part.measured) {
                cuts.learn(part, part.start + std::chrono::nanoseconds(static_cast<long>(time)));
            }
            left -= part.size;
        }
    }
    return pieces;
}

TEST(cutting, begins_with_pieces_of_two_pages) {
    cutting cuts;
    EXPECT_EQ(cuts.next(mebibyte, true).piece, cutting::smallest);
}

TEST(cutting, stays_with_small_pieces_where_these_are_faster) {
    cutting cuts;
    write(cuts, 64 * mebibyte, mebibyte, [](std::size_t piece) { return piece == cutting::smallest ? 1.0 : 2.0; });
    EXPECT_EQ(cuts.piece(), cutting::smallest);
}

TEST(cutting, leaves_writes_whole_where_that_is_faster) {
    for (const std::size_t size : std::initializer_list<std::size_t>{16384, 65536, mebibyte, 16 * mebibyte}) {
        cutting cuts;
        write(cuts, 32 * mebibyte, size, [](std::size_t piece) { return piece == cutting::whole ? 1.0 : 1.1; });
        EXPECT_EQ(cuts.piece(), cutting::whole) << size;
    }
}

TEST(cutting, finds_larger_pieces_where_a_system_call_is_dear) {
    cutting cuts;
    write(cuts, 16 * mebibyte, mebibyte, [](std::size_t piece) { return piece == 32768 ? 1.0 : 1.2; });
    EXPECT_EQ(cuts.piece(), 32768U);
}

TEST(cutting, finds_single_pages_where_the_kernel_keeps_only_one) {
    cutting cuts;
    write(cuts, 8192 * mebibyte, mebibyte, [](std::size_t piece) { return piece == 4096 ? 1.0 : 2.0; });
    EXPECT_EQ(cuts.piece(), 4096U);
}

TEST(cutting, notices_when_it_changes) {
    cutting cuts;
    const auto whole_is_faster = [](std::size_t piece) { return piece == cutting::whole ? 1.0 : 2.0; };
    const auto pieces_are_faster = [](std::size_t piece) { return piece == cutting::whole ? 2.0 : 1.0; };
    write(cuts, 32 * mebibyte, mebibyte, whole_is_faster);
    ASSERT_EQ(cuts.piece(), cutting::whole);
    write(cuts, 512 * mebibyte, mebibyte, pieces_are_faster);
    EXPECT_EQ(cuts.piece(), cutting::smallest);
}

TEST(cutting, tries_the_slower_size_seldom) {
    cutting cuts;
    const auto price = [](std::size_t piece) { return piece == cutting::smallest ? 1.0 : 2.0; };
    double spent = 0;
    write(cuts, 4096 * mebibyte, mebibyte, price, true, &spent);
    const double wrong = spent / mebibyte - 4096; // mebibytes at twice the price
    EXPECT_LE(wrong, 16);
    EXPECT_GE(wrong, 2) << "never tried, never learnt";
}

TEST(cutting, gives_up_a_size_that_is_far_worse_before_it_has_cost_much) {
    for (const std::size_t size : std::initializer_list<std::size_t>{65536, mebibyte, 16 * mebibyte}) {
        cutting cuts;
        double time = 0;
        write(
            cuts, 256 * mebibyte, size, [](std::size_t piece) { return piece == cutting::smallest ? 1.0 : 10.0; }, true,
            &time);
        EXPECT_LT(time, 1.03 * 256 * mebibyte) << size;
    }
}

TEST(cutting, does_nothing_out_of_step) {
    cutting cuts;
    for (const std::size_t piece : write(cuts, 32 * mebibyte, mebibyte, [](std::size_t) { return 1.0; }, false)) {
        EXPECT_EQ(piece, cutting::whole);
    }
}

TEST(cutting, is_measured_by_one_call_at_a_time) {
    cutting cuts;
    const cutting::part first = cuts.next(mebibyte, true);
    const cutting::part second = cuts.next(mebibyte, true);
    EXPECT_TRUE(first.measured);
    EXPECT_FALSE(second.measured) << "the other thread measures";
    cuts.failed(first);
    EXPECT_TRUE(cuts.next(mebibyte, true).measured) << "a failed write must not keep others from measuring";
}

} // namespace

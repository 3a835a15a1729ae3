// Every way to bring descriptors to 0, 1, 2 and more, played on a model of a descriptor table.
#include "core/descriptor_moves.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <type_traits>
#include <vector>

namespace {

using windpipe::descriptor_moves;
using sources = std::vector<int>;

static_assert(std::is_trivially_destructible_v<descriptor_moves::move> &&
                  std::is_standard_layout_v<descriptor_moves::move>,
              "it is used between clone and exec");

/// What each number stands for after the moves; -1 for a step that used a number which stands for nothing.
std::map<int, int> play(descriptor_moves moves, std::map<int, int> table) {
    int next_free = 100;
    for (auto& move : moves.aside) {
        move.to = next_free++;
        table[move.to] = table.contains(move.from) ? table[move.from] : -1;
    }
    for (const auto& move : moves.place) {
        const int from = move.from >= 0 ? move.from : moves.aside.at(static_cast<std::size_t>(-1 - move.from)).to;
        table[move.to] = table.contains(from) ? table[from] : -1;
    }
    return table;
}

void expect_right(const sources& wanted, const std::map<int, int>& table) {
    std::map<int, int> after = play(windpipe::plan_moves(wanted), table);
    for (std::size_t target = 0; target < wanted.size(); ++target) {
        EXPECT_EQ(after[static_cast<int>(target)], table.at(wanted[target]))
            << "target " << target << " of sources " << testing::PrintToString(wanted);
    }
}

std::size_t aside_count(const sources& wanted) { return windpipe::plan_moves(wanted).aside.size(); }

std::map<int, int> table_of(int size) {
    std::map<int, int> table;
    for (int i = 0; i < size; ++i) {
        table[i] = 1000 + i;
    }
    return table;
}

TEST(descriptor_moves, bring_every_triple_of_sources_to_its_place) {
    const auto table = table_of(6);
    int triples = 0;
    for (int a = 0; a < 6; ++a) {
        for (int b = 0; b < 6; ++b) {
            for (int c = 0; c < 6; ++c, ++triples) {
                expect_right({a, b, c}, table);
            }
        }
    }
    EXPECT_EQ(triples, 216);
}

TEST(descriptor_moves, bring_every_order_of_more_than_three_to_its_place) {
    const auto table = table_of(7);
    sources order{0, 1, 2, 3, 4, 5, 6};
    int orders = 0;
    do {
        expect_right(order, table);
        ++orders;
    } while (std::ranges::next_permutation(order).found);
    EXPECT_EQ(orders, 5040);
}

TEST(descriptor_moves, bring_one_source_to_many_places) {
    expect_right({4, 4, 0, 0, 1, 4}, table_of(6));
    expect_right({5, 0, 0, 0, 0, 0, 0, 0}, table_of(8));
    EXPECT_EQ(aside_count({5, 0, 0, 0, 0, 0, 0, 0}), 1U);
}

TEST(descriptor_moves, need_nothing_aside_when_all_is_in_place_or_above) {
    EXPECT_EQ(aside_count({0, 1, 2}), 0U);
    EXPECT_EQ(aside_count({7, 8, 9}), 0U);
    EXPECT_EQ(aside_count({5, 5, 5}), 0U);
    EXPECT_EQ(aside_count({1, 2, 3}), 0U) << "each is used before it is overwritten";
    EXPECT_EQ(aside_count({0, 1, 2, 4, 5, 6, 7}), 0U);
}

TEST(descriptor_moves, keep_a_source_in_its_place_to_be_made_inheritable) {
    const descriptor_moves moves = windpipe::plan_moves(sources{0, 1, 1});
    EXPECT_EQ(moves.place[0].from, 0);
    EXPECT_EQ(moves.place[1].from, 1);
    EXPECT_EQ(moves.place[2].from, 1);
    EXPECT_TRUE(moves.aside.empty());
}

} // namespace

// Every way to bring descriptors to 0, 1 and 2, played on a model of a descriptor table.
#include "core/descriptor_moves.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <type_traits>

namespace {

using windpipe::descriptor_moves;
using sources = std::array<int, descriptor_moves::count>;

static_assert(std::is_trivially_destructible_v<descriptor_moves> && std::is_standard_layout_v<descriptor_moves>,
              "it is used between clone and exec");

/// What each number stands for after the moves; -1 for a step that used a number which stands for nothing.
std::map<int, int> play(const descriptor_moves& moves, std::map<int, int> table) {
    int next_free = 100;
    std::array<int, descriptor_moves::count> copies{-1, -1, -1};
    for (std::size_t i = 0; i < moves.aside_count; ++i) {
        copies.at(i) = next_free++;
        table[copies.at(i)] = table.contains(moves.aside.at(i).from) ? table[moves.aside.at(i).from] : -1;
    }
    for (const auto& move : moves.place) {
        const int from = move.from >= 0 ? move.from : copies.at(static_cast<std::size_t>(-1 - move.from));
        table[move.to] = table.contains(from) ? table[from] : -1;
    }
    return table;
}

void expect_right(const sources& wanted, const std::map<int, int>& table) {
    const descriptor_moves moves = windpipe::plan_moves(wanted);
    ASSERT_LE(moves.aside_count, descriptor_moves::count);
    std::map<int, int> after = play(moves, table);
    for (int target = 0; target < 3; ++target) {
        const int source = wanted.at(static_cast<std::size_t>(target));
        EXPECT_EQ(after[target], table.at(source))
            << "target " << target << " of sources " << wanted[0] << ' ' << wanted[1] << ' ' << wanted[2];
    }
}

TEST(descriptor_moves, bring_every_triple_of_sources_to_its_place) {
    std::map<int, int> table;
    for (int i = 0; i < 6; ++i) {
        table[i] = 1000 + i;
    }
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

TEST(descriptor_moves, need_nothing_aside_when_all_is_in_place_or_above) {
    EXPECT_EQ(windpipe::plan_moves({0, 1, 2}).aside_count, 0U);
    EXPECT_EQ(windpipe::plan_moves({7, 8, 9}).aside_count, 0U);
    EXPECT_EQ(windpipe::plan_moves({5, 5, 5}).aside_count, 0U);
    EXPECT_EQ(windpipe::plan_moves({1, 2, 3}).aside_count, 0U) << "each is used before it is overwritten";
}

TEST(descriptor_moves, keep_a_source_in_its_place_to_be_made_inheritable) {
    const descriptor_moves moves = windpipe::plan_moves({0, 1, 1});
    EXPECT_EQ(moves.place[0].from, 0);
    EXPECT_EQ(moves.place[1].from, 1);
    EXPECT_EQ(moves.place[2].from, 1);
    EXPECT_EQ(moves.aside_count, 0U);
}

} // namespace

// Enlarged pipes share one budget, and what goes gives its share back.
#include "core/pipe_budget.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace {

using windpipe::pipe_budget;

TEST(pipe_budget, is_not_exceeded_and_given_back) {
    std::vector<pipe_budget::lease> taken;
    while (auto share = pipe_budget::take()) {
        ASSERT_LE(pipe_budget::taken(), pipe_budget::most);
        taken.push_back(std::move(share));
    }
    EXPECT_EQ(taken.size() * pipe_budget::large, pipe_budget::most);
    EXPECT_EQ(pipe_budget::taken(), pipe_budget::most) << "a share that was refused is not counted";
    taken.pop_back();
    EXPECT_TRUE(pipe_budget::take());
    taken.clear();
    EXPECT_EQ(pipe_budget::taken(), 0U);
}

TEST(pipe_budget, a_share_that_moves_is_given_back_once) {
    {
        auto first = pipe_budget::take();
        auto second = std::move(first);
        first = std::move(second);
        EXPECT_TRUE(first);
    }
    EXPECT_EQ(pipe_budget::taken(), 0U);
}

} // namespace

// memcpy for small lengths.
#include "core/copy_few.hpp"

#include <gtest/gtest.h>

#include <array>

namespace {

TEST(copy_few, moves_every_length_and_nothing_beside) {
    std::array<std::byte, windpipe::few + 2> from{};
    for (std::size_t i = 0; i < from.size(); ++i) {
        from.at(i) = static_cast<std::byte>(i + 1);
    }
    for (std::size_t count = 1; count <= windpipe::few; ++count) {
        std::array<std::byte, windpipe::few + 2> to{};
        windpipe::copy_few(to.data() + 1, from.data() + 1, count);
        for (std::size_t i = 0; i < to.size(); ++i) {
            EXPECT_EQ(to.at(i), i >= 1 && i <= count ? from.at(i) : std::byte{0}) << "byte " << i << " of " << count;
        }
    }
}

} // namespace

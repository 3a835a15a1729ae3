#include "conformance/helpers/random_text.hpp"

#include <windpipe/bytes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace {

using windpipe::detail::byte_queue;

TEST(byte_queue, agrees_with_a_deque_for_random_sizes) {
    windpipe_test::random_text random(3);
    byte_queue queue;
    std::deque<std::byte> model;
    for (int round = 0; round < 3000; ++round) {
        const std::size_t least = 1 + random.below(random.below(20) == 0 ? 100'000 : 5000);
        const auto room = queue.room(least);
        ASSERT_GE(room.size(), least);
        const std::size_t n = random.below(least + 1);
        std::ranges::generate(room.first(n), [&] { return static_cast<std::byte>(random.below(256)); });
        queue.commit(n);
        model.insert(model.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(n));
        const std::size_t gone = random.below(model.size() + 1);
        queue.drop(gone);
        model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(gone));
        ASSERT_TRUE(std::ranges::equal(queue.bytes(), model)) << "round " << round;
    }
}

TEST(byte_queue, keeps_its_memory_where_it_is_emptied_again_and_again) {
    byte_queue queue;
    const auto first = queue.room(1000);
    for (int turn = 0; turn < 1000; ++turn) {
        EXPECT_EQ(queue.room(1000).data(), first.data());
        queue.commit(1000);
        queue.drop(1000);
    }
}

TEST(byte_queue, leaves_what_was_dropped_until_room_is_asked_for) {
    byte_queue queue;
    queue.room(2)[0] = std::byte{'x'};
    queue.commit(1);
    const auto seen = queue.bytes();
    queue.drop(1);
    EXPECT_EQ(seen[0], std::byte{'x'});
}

TEST(byte_queue, is_empty_after_it_was_moved_from) {
    byte_queue queue;
    queue.room(1)[0] = std::byte{'x'};
    queue.commit(1);
    const byte_queue moved = std::move(queue);
    EXPECT_EQ(queue.size(), 0U); // NOLINT(bugprone-use-after-move): that is the test
    EXPECT_EQ(moved.view(), "x");
    EXPECT_GE(queue.room(10).size(), 10U);
}

} // namespace

#include "core/capture_buffer.hpp"

#include "conformance/helpers/random_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace {

using windpipe::capture;
using windpipe::capture_buffer;
using windpipe::capture_limit;

/// As a reader of a stream does: into the room the buffer offers.
void append(capture_buffer& buffer, std::string_view text) {
    while (!text.empty()) {
        const std::span<std::byte> room = buffer.room();
        const std::size_t n = std::min(room.size(), text.size());
        ASSERT_GT(n, 0U);
        std::ranges::copy(std::as_bytes(std::span(text.substr(0, n))), room.begin());
        ASSERT_TRUE(buffer.took(n));
        text.remove_prefix(n);
    }
}

capture captured(capture_limit limit, std::string_view text, std::size_t piece) {
    capture_buffer buffer(limit);
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        append(buffer, text.substr(0, piece));
    }
    return buffer.take();
}

TEST(capture_buffer, keeps_all_by_default) {
    const capture all = captured({}, "hello", 2);
    EXPECT_EQ(all.head, "hello");
    EXPECT_EQ(all.tail, "");
    EXPECT_EQ(all.skipped, 0U);
    EXPECT_EQ(all.total(), 5U);
    EXPECT_EQ(all.text(), "hello");
}

TEST(capture_buffer, counts_what_it_does_not_keep) {
    const capture none = captured({.head = 0, .tail = 0}, "hello", 2);
    EXPECT_EQ(none.head.str() + none.tail, "");
    EXPECT_EQ(none.skipped, 5U);
    EXPECT_EQ(none.total(), 5U);
}

TEST(capture_buffer, keeps_the_beginning_and_the_end) {
    const capture kept = captured({.head = 3, .tail = 2}, "abcdefghij", 1);
    EXPECT_EQ(kept.head, "abc");
    EXPECT_EQ(kept.tail, "ij");
    EXPECT_EQ(kept.skipped, 5U);
    EXPECT_NE(kept.text().find("abc"), std::string::npos);
    EXPECT_NE(kept.text().find("ij"), std::string::npos);
    EXPECT_NE(kept.text().find('5'), std::string::npos) << "the text says how much is missing: " << kept.text();
}

TEST(capture_buffer, gives_head_and_tail_together_when_nothing_is_missing) {
    const capture kept = captured({.head = 3, .tail = 4}, "abcdefg", 3);
    EXPECT_EQ(kept.head, "abc");
    EXPECT_EQ(kept.tail, "defg");
    EXPECT_EQ(kept.skipped, 0U);
    EXPECT_EQ(kept.text(), "abcdefg");
}

TEST(capture_buffer, agrees_with_its_definition_for_random_sizes) {
    windpipe_test::random_text random(99);
    for (int round = 0; round < 20'000; ++round) {
        const capture_limit limit{.head = random.below(20), .tail = random.below(20)};
        std::string text(random.below(80), ' ');
        std::ranges::generate(text, [&] { return static_cast<char>('a' + random.below(26)); });
        capture_buffer buffer(limit);
        for (std::string_view rest = text; !rest.empty();) {
            const std::size_t piece = std::min(rest.size(), 1 + random.below(30));
            append(buffer, rest.substr(0, piece));
            rest.remove_prefix(piece);
        }
        const capture kept = buffer.take();
        const std::string head = text.substr(0, limit.head);
        const std::string after = text.substr(head.size());
        const std::string tail = after.substr(after.size() - std::min(after.size(), limit.tail));
        ASSERT_EQ(kept.head, head);
        ASSERT_EQ(kept.tail, tail);
        ASSERT_EQ(kept.skipped, text.size() - head.size() - tail.size());
        ASSERT_EQ(kept.total(), text.size());
    }
}

TEST(capture_buffer, is_empty_after_take) {
    capture_buffer buffer({.head = 1, .tail = 2});
    append(buffer, "abcdef");
    EXPECT_EQ(buffer.take().total(), 6U);
    EXPECT_EQ(buffer.take().total(), 0U);
    append(buffer, "wxyz");
    const capture again = buffer.take();
    EXPECT_EQ(again.head, "w");
    EXPECT_EQ(again.tail, "yz");
    EXPECT_EQ(again.skipped, 1U);
}

} // namespace

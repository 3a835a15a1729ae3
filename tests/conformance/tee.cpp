// Bytes from one pipe into two: the same in both, none lost and none doubled, whatever ends it.
#include "pipe_kinds.hpp"
#include "pipe_tools.hpp"

#include "support/threads.hpp"

#include <windpipe/tee.hpp>

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <string>
#include <utility>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::no_limit;
using windpipe::tee;
using windpipe::tee_progress;

SYSTEM_PIPE_TEST(teed, all_of_a_stream_arrives_at_both_in_order) {
    auto from = this->make();
    auto first = this->make();
    auto second = this->make();
    constexpr std::size_t size = 1'000'000;
    observed_thread sender([end = std::move(from.writer)]() mutable {
        const auto all = pattern(size);
        for (std::size_t done = 0, n = 1; done < size; done += n, n = n * 3 % 70'001) {
            n = std::min(n, size - done);
            ASSERT_OK(end.write(std::span(all).subspan(done, n)));
        }
    });
    observed_thread branch([&] {
        EXPECT_VALUE(tee(from.reader, first.writer, second.writer), size);
        EXPECT_VALUE(tee(from.reader, first.writer, second.writer), 0U);
        EXPECT_TRUE(first.writer.is_open() && second.writer.is_open()) << "it closes nothing";
        first.writer.close();
        second.writer.close();
    });
    observed_thread other([&] {
        expect_pattern(second.reader, size);
        EXPECT_VALUE(read_text(second.reader, 1), "");
    });
    expect_pattern(first.reader, size);
    EXPECT_VALUE(read_text(first.reader, 1), "");
}

SYSTEM_PIPE_TEST(teed, no_more_than_was_asked_for) {
    auto from = this->make();
    auto first = this->make();
    auto second = this->make();
    ASSERT_OK(from.writer.write("one two"));
    EXPECT_VALUE(tee(from.reader, first.writer, second.writer, 0), 0U);
    EXPECT_VALUE(tee(from.reader, first.writer, second.writer, 4), 4U);
    EXPECT_VALUE(read_text(first.reader, 9), "one ");
    EXPECT_VALUE(read_text(second.reader, 9), "one ");
    EXPECT_VALUE(read_text(from.reader, 9), "two");
}

SYSTEM_PIPE_TEST(teed, nothing_where_nothing_comes_in_time) {
    auto from = this->make();
    auto first = this->make();
    auto second = this->make();
    EXPECT_FAILS(tee(from.reader, first.writer, second.writer, 1, at_once()), timed_out);
    EXPECT_FAILS(tee(from.reader, first.writer, second.writer, 1, {.until = 20ms}), timed_out);
    ASSERT_OK(from.writer.write("x"));
    EXPECT_VALUE(tee(from.reader, first.writer, second.writer, 1, at_once()), 1U);
}

SIZED_SYSTEM_PIPE_TEST(teed, either_full_pipe_ends_it_in_time_and_the_next_call_goes_on) {
    for (const bool first_is_small : {true, false}) {
        auto from = this->make({.capacity = 65536});
        auto first = this->make({.capacity = first_is_small ? 4096U : 65536U});
        auto second = this->make({.capacity = first_is_small ? 65536U : 4096U});
        const std::size_t size = fill(from.writer);
        from.writer.close();
        tee_progress progress;
        std::size_t moved = 0;
        std::size_t in_second = 0;
        for (bool ended = false; !ended;) {
            const auto outcome = tee(from.reader, first.writer, second.writer, progress, no_limit, {.until = 1ms});
            ASSERT_TRUE(outcome || fails_with(outcome, std::errc::timed_out));
            ended = outcome.has_value();
            const std::size_t now = outcome ? *outcome : outcome.error().transferred;
            ASSERT_EQ(text_of(drain(first.reader)), text_of(pattern(now, moved)));
            moved += now;
            const auto got = drain(second.reader);
            ASSERT_EQ(pattern_difference(got, in_second), std::nullopt);
            in_second += got.size();
            ASSERT_EQ(in_second, moved + progress.ahead);
        }
        EXPECT_EQ(moved, size);
    }
}

SYSTEM_PIPE_TEST(teed, to_the_first_alone_when_the_second_has_left) {
    auto from = this->make();
    auto first = this->make();
    auto second = this->make();
    tee_progress progress;
    ASSERT_OK(from.writer.write("one"));
    EXPECT_VALUE(tee(from.reader, first.writer, second.writer, progress, 3), 3U);
    second.reader.close();
    ASSERT_OK(from.writer.write("two"));
    from.writer.close();
    const auto broken = tee(from.reader, first.writer, second.writer, progress);
    ASSERT_FAILS(broken, broken_pipe);
    EXPECT_NE(broken.error().message().find("second"), std::string::npos);
    EXPECT_EQ(broken.error().transferred, 0U);
    EXPECT_TRUE(progress.second_has_left);
    EXPECT_FALSE(progress.first_has_left);
    second.writer.close();
    EXPECT_VALUE(tee(from.reader, first.writer, second.writer, progress), 3U);
    EXPECT_VALUE(read_text(first.reader, 9), "onetwo");
}

SIZED_SYSTEM_PIPE_TEST(teed, to_the_second_alone_when_the_first_has_left_and_what_it_has_already_comes_once) {
    auto from = this->make({.capacity = 65536});
    auto first = this->make({.capacity = 4096});
    auto second = this->make({.capacity = 65536});
    tee_progress progress;
    const std::size_t size = fill(from.writer);
    from.writer.close();
    const auto stuck = tee(from.reader, first.writer, second.writer, progress, no_limit, {.until = 20ms});
    ASSERT_FAILS(stuck, timed_out);
    EXPECT_GT(progress.ahead, 0U) << "otherwise this tests nothing";
    first.reader.close();
    const auto broken = tee(from.reader, first.writer, second.writer, progress);
    ASSERT_FAILS(broken, broken_pipe);
    EXPECT_NE(broken.error().message().find("first"), std::string::npos);
    EXPECT_TRUE(progress.first_has_left);
    first.writer.close();
    observed_thread branch([&] {
        EXPECT_VALUE(tee(from.reader, first.writer, second.writer, progress), size - stuck.error().transferred);
        second.writer.close();
    });
    expect_pattern(second.reader, size);
    EXPECT_VALUE(read_text(second.reader, 1), "");
}

SYSTEM_PIPE_TEST(teed, to_nobody_when_both_have_left) {
    auto from = this->make();
    auto first = this->make();
    auto second = this->make();
    tee_progress progress;
    ASSERT_OK(from.writer.write("kept"));
    first.reader.close();
    second.reader.close();
    EXPECT_FAILS(tee(from.reader, first.writer, second.writer, progress), broken_pipe);
    EXPECT_FAILS(tee(from.reader, first.writer, second.writer, progress), broken_pipe);
    EXPECT_FAILS(tee(from.reader, first.writer, second.writer, progress), broken_pipe);
    EXPECT_TRUE(progress.first_has_left && progress.second_has_left);
    EXPECT_VALUE(read_text(from.reader, 9), "kept");
}

SYSTEM_PIPE_TEST(teed, until_any_end_is_closed_by_another_thread) {
    for (int which = 0; which < 3; ++which) {
        auto from = this->make();
        auto first = this->make();
        auto second = this->make();
        observed_thread branch(
            [&] { EXPECT_FAILS(tee(from.reader, first.writer, second.writer), operation_canceled); });
        ASSERT_TRUE(branch.wait_until_blocked());
        which == 0 ? from.reader.close() : (which == 1 ? first : second).writer.close();
    }
}

SYSTEM_PIPE_TEST(teed, until_a_stop_is_requested_while_it_waits_for_room) {
    auto from = this->make();
    auto first = this->make();
    auto second = this->make();
    fill(first.writer);
    ASSERT_OK(from.writer.write("x"));
    std::stop_source enough;
    tee_progress progress;
    {
        observed_thread branch([&] {
            EXPECT_FAILS(
                tee(from.reader, first.writer, second.writer, progress, no_limit, {.stop = enough.get_token()}),
                operation_canceled);
        });
        ASSERT_TRUE(branch.wait_until_blocked());
        enough.request_stop();
    }
    EXPECT_EQ(progress.ahead, 1U);
    EXPECT_VALUE(read_text(second.reader, 9), "x");
    drain(first.reader);
    EXPECT_VALUE(tee(from.reader, first.writer, second.writer, progress, 1), 1U);
    EXPECT_VALUE(read_text(first.reader, 9), "x");
    EXPECT_FAILS(read_text(second.reader, 9, at_once()), timed_out);
}

TEST(teed_without_ends, is_refused) {
    auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    windpipe::pipe_reader no_reader;
    windpipe::pipe_writer no_writer;
    EXPECT_FAILS(tee(no_reader, writer, writer), bad_file_descriptor);
    EXPECT_FAILS(tee(reader, no_writer, writer), bad_file_descriptor);
    EXPECT_FAILS(tee(reader, writer, no_writer), bad_file_descriptor);
}

} // namespace
} // namespace windpipe_test

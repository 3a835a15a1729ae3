// What on_output is told of: every byte of both streams, in order, whatever is kept of them.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"
#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace {

using namespace windpipe_test;
using windpipe::output_stream;
using windpipe::run;

constexpr std::size_t size = 1'000'000;

windpipe::command floods() { return child_command("flood", std::to_string(size), std::to_string(size), "8192", "3"); }

struct heard {
    std::string out;
    std::string err;

    void operator()(output_stream which, std::span<const std::byte> piece) {
        (which == output_stream::out ? out : err).append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
};

TEST(run_output, is_heard_whole_and_kept_as_well) {
    heard all;
    const auto done = run(floods(), {.on_output = std::ref(all)});
    ASSERT_OK(done);
    EXPECT_TRUE(all.out == pattern_text(size, 0, 3));
    EXPECT_TRUE(all.err == pattern_text(size, 0, 4));
    EXPECT_TRUE(done->out.head == all.out);
    EXPECT_TRUE(done->err.head == all.err);
}

TEST(run_output, is_heard_whole_when_little_or_nothing_is_kept) {
    heard all;
    const auto done = run(floods(), {.out = {.head = 0}, .err = {.head = 10, .tail = 10}, .on_output = std::ref(all)});
    ASSERT_OK(done);
    EXPECT_TRUE(all.out == pattern_text(size, 0, 3));
    EXPECT_TRUE(all.err == pattern_text(size, 0, 4));
    EXPECT_EQ(done->out.skipped, size);
    EXPECT_EQ(done->err.skipped, size - 20);
}

TEST(run_output, is_heard_while_the_child_runs) {
    std::stop_source enough; // requested by what is heard: the child itself never ends
    const auto done = run(child_command("hold_open", "ever"),
                          {.on_output = [&](output_stream, std::span<const std::byte>) { enough.request_stop(); },
                           .limit = {.stop = enough.get_token()}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, windpipe::ended_by::canceled);
    EXPECT_EQ(done->out.text(), "ready\n");
}

TEST(run_output, may_throw_and_the_child_is_gone) {
    const expect_nothing_leaked watch;
    EXPECT_THROW(
        (void)run(floods(),
                  {.on_output = [](output_stream, std::span<const std::byte>) { throw std::runtime_error("enough"); }}),
        std::runtime_error);
}

} // namespace

// run(): input of any size goes in and both outputs come out, in whatever order the child reads and writes.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"
#include "support/pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace windpipe_test;
using windpipe::ended_by;
using windpipe::run;

class run_sizes : public testing::TestWithParam<std::size_t> {};

TEST_P(run_sizes, go_through_a_child_unchanged) {
    const std::string input = pattern_text(GetParam());
    const auto done = run(child_command("cat"), {.input = input});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->status.text();
    EXPECT_EQ(done->out.total(), input.size());
    EXPECT_TRUE(done->out.head == input);
    EXPECT_EQ(done->err.total(), 0U);
    EXPECT_EQ(done->input_written, input.size());
    EXPECT_FALSE(done->writers_alive);
}

INSTANTIATE_TEST_SUITE_P(bytes, run_sizes,
                         testing::Values(0, 1, 2, 4095, 4096, 4097, 65535, 65536, 65537, 1'000'003, 64 << 20));

TEST(run_feed, a_child_that_echoes_every_byte_twice_cannot_block) {
    const std::string input = pattern_text(4 << 20);
    const auto done = run(child_command("cat_both"), {.input = input});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_TRUE(done->out.head == input);
    EXPECT_TRUE(done->err.head == input);
}

TEST(run_feed, both_outputs_can_be_flooded) {
    for (const auto& [out, err] : {std::pair{3'000'000, 3'000'000}, {5'000'000, 0}, {0, 5'000'000}, {1, 4'000'000}}) {
        const auto done = run(child_command("flood", std::to_string(out), std::to_string(err), "65536", "7"));
        ASSERT_OK(done);
        EXPECT_TRUE(done->success()) << done->status.text();
        EXPECT_TRUE(done->out.head == pattern_text(static_cast<std::size_t>(out), 0, 7));
        EXPECT_TRUE(done->err.head == pattern_text(static_cast<std::size_t>(err), 0, 8));
    }
}

TEST(run_feed, a_child_that_reads_only_after_it_has_written_gets_its_input) {
    // it floods without reading: our input does not fit into its pipe
    const auto done = run(child_command("flood", "2000000", "2000000"), {.input = pattern_text(2 << 20)});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_EQ(done->out.total(), 2'000'000U);
    EXPECT_EQ(done->err.total(), 2'000'000U);
    EXPECT_LT(done->input_written, 2U << 20U) << "nobody read it";
}

TEST(run_feed, a_child_that_closes_its_input_early_is_no_error) {
    const std::string input = pattern_text(8 << 20);
    const auto done = run(child_command("close_stdin_early", "10"), {.input = input});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->status.text();
    EXPECT_EQ(done->out.text(), "closed\n");
    EXPECT_GE(done->input_written, 10U);
    EXPECT_LT(done->input_written, input.size());
}

TEST(run_feed, a_child_that_never_reads_is_no_error) {
    const auto done = run(child_command("exit_with", "5"), {.input = pattern_text(8 << 20)});
    ASSERT_OK(done);
    EXPECT_EQ(done->status, windpipe::exit_status::exited(5));
    EXPECT_FALSE(done->success());
    EXPECT_LT(done->input_written, 8U << 20U);
}

TEST(run_feed, no_input_is_end_of_stream_at_once) {
    const auto done = run(child_command("cat"));
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_EQ(done->out.text(), "");
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
}

TEST(run_feed, a_slow_reader_gets_everything) {
    const std::string input = pattern_text(300'000);
    const auto done = run(child_command("read_slowly", "20000", "1000"), {.input = input});
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "300000 ok\n");
    EXPECT_EQ(done->input_written, input.size());
}

TEST(run_feed, status_and_usage_are_the_childs) {
    const auto done = run(child_command("spin", "80"));
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_GT((done->usage.user + done->usage.system).count(), 0);
    EXPECT_GT(done->usage.wall.count(), 0);
}

TEST(run_feed, a_failed_start_is_an_error_and_no_exit_code) {
    const expect_nothing_leaked watch;
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(failed(run(windpipe::command{"windpipe_there_is_no_such_program"}, {.input = "x"}), "find program",
                           std::errc::no_such_file_or_directory));
    }
}

TEST(run_feed, leaves_nothing_behind) {
    const expect_nothing_leaked watch;
    for (int i = 0; i < 5; ++i) {
        EXPECT_OK(run(child_command("cat_both"), {.input = pattern_text(100'000)}));
    }
}

// ---- streams the command sets itself

TEST(run_streams, input_from_a_file_is_left_as_set) {
    const scratch_directory scratch;
    write_file(scratch / "input", "from the file");
    EXPECT_EQ(output_of(child_command("cat").in(windpipe::from_file{utf8(scratch / "input")})), "from the file");
}

TEST(run_streams, input_by_an_end_is_left_as_set) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    ASSERT_OK(ends->writer.write("by a pipe"));
    ends->writer.close();
    EXPECT_EQ(output_of(child_command("cat").in(std::move(ends->reader))), "by a pipe");
}

TEST(run_streams, input_for_a_command_with_its_own_is_refused) {
    EXPECT_TRUE(failed(run(child_command("cat").in(windpipe::null), {.input = "x"}), "open stdin",
                       std::errc::invalid_argument));
}

TEST(run_streams, piped_input_without_input_ends_at_once) {
    const auto done = run(child_command("cat").in(windpipe::piped));
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
}

TEST(run_streams, output_to_a_file_is_not_captured) {
    const scratch_directory scratch;
    const auto done = run(child_command("two_voices", "o", "e").out(windpipe::to_file{utf8(scratch / "output")}));
    ASSERT_OK(done);
    EXPECT_EQ(done->out.total(), 0U);
    EXPECT_EQ(done->err.text(), "e");
    EXPECT_EQ(read_file(scratch / "output"), "o");
}

TEST(run_streams, output_that_is_piped_is_captured_all_the_same) {
    const auto done = run(child_command("two_voices", "o", "e").out(windpipe::piped).err(windpipe::piped));
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "o");
    EXPECT_EQ(done->err.text(), "e");
}

TEST(run_streams, both_outputs_can_be_captured_as_one) {
    const auto done = run(child_command("two_voices", "o", "e").err(windpipe::with_stdout));
    ASSERT_OK(done);
    EXPECT_TRUE(done->out.text() == "oe" || done->out.text() == "eo") << done->out.text();
    EXPECT_EQ(done->err.total(), 0U);
}

TEST(run_streams, output_to_an_end_reaches_its_reader) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    const auto done = run(child_command("two_voices", "o", "e").out(std::move(ends->writer)));
    ASSERT_OK(done);
    EXPECT_EQ(done->out.total(), 0U);
    EXPECT_EQ(rest_of(ends->reader), "o");
}

} // namespace

// What pipeline::run() and spawn() move: input to the first stage, bytes from stage to stage, the last one's output.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"
#include "support/pattern.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::command;
using windpipe::ended_by;
using windpipe::piped;
using windpipe::pipeline;

std::string text_of(std::span<const std::byte> piece) {
    return {reinterpret_cast<const char*>(piece.data()), piece.size()};
}

TEST(pipeline_run, feeds_the_first_stage_and_captures_the_last) {
    const expect_nothing_leaked watch;
    const std::string text = pattern_text(1 << 20);
    const auto done = (child_command("cat") | child_command("cat") | child_command("cat")).run({.input = text});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->text();
    EXPECT_TRUE(done->out.head == text) << done->out.total() << " bytes";
    EXPECT_EQ(done->input_written, text.size());
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_FALSE(done->writers_alive);
}

TEST(pipeline_run, of_one_stage_is_a_run) {
    pipeline one;
    one.add(child_command("cat"));
    const auto done = one.run({.input = "alone"});
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "alone");
    EXPECT_EQ(done->stages.size(), 1U);
}

TEST(pipeline_run, reports_every_stage) {
    const auto done =
        (child_command("flood", "100000", "0") | child_command("check_pattern") | child_command("cat")).run();
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "100000 ok\n");
    ASSERT_EQ(done->stages.size(), 3U);
    for (const auto& stage : done->stages) {
        EXPECT_EQ(stage.status, windpipe::exit_status::exited(0)) << stage.command;
        EXPECT_GT(stage.pid, 0U);
        EXPECT_GT(stage.usage.wall, 0ns);
        EXPECT_FALSE(stage.broke_its_pipe);
    }
    EXPECT_NE(done->stages[0].command.find("flood"), std::string::npos);
    EXPECT_NE(done->stages[1].command.find("check_pattern"), std::string::npos);
}

TEST(pipeline_run, captures_the_errors_of_each_stage_apart) {
    const auto done =
        (child_command("two_voices", "out", "first") | child_command("cat_both") | child_command("cat")).run();
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "out");
    EXPECT_EQ(done->stages[0].err.text(), "first");
    EXPECT_EQ(done->stages[1].err.text(), "out");
    EXPECT_EQ(done->stages[2].err.text(), "");
}

TEST(pipeline_run, sends_errors_along_the_pipe_where_a_stage_says_so) {
    const auto done =
        (child_command("two_voices", "out", "err").err(windpipe::with_stdout) | child_command("cat")).run();
    ASSERT_OK(done);
    EXPECT_EQ(done->out.total(), 6U) << done->out.text();
    EXPECT_EQ(done->stages[0].err.total(), 0U);
}

TEST(pipeline_run, lets_both_ends_be_files) {
    const scratch_directory scratch;
    write_file(scratch / "input", "from a file");
    const auto done = (child_command("cat").in(windpipe::from_file{utf8(scratch / "input")}) |
                       child_command("cat").out(windpipe::to_file{utf8(scratch / "output")}))
                          .run();
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->text();
    EXPECT_EQ(done->out.total(), 0U);
    EXPECT_EQ(read_file(scratch / "output"), "from a file");
}

TEST(pipeline_run, cannot_block_on_errors_that_nobody_reads_between) {
    constexpr std::size_t much = 300'000;
    const auto flood = [] { return child_command("flood", "0", std::to_string(much)); };
    const auto done = (flood() | flood() | flood()).run();
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->text();
    for (const auto& stage : done->stages) {
        EXPECT_TRUE(stage.err.head == pattern_text(much, 0, 1)) << stage.err.total() << " bytes";
    }
}

TEST(pipeline_run, tells_of_each_piece_whose_it_is) {
    std::map<std::pair<std::size_t, windpipe::output_stream>, std::string> heard;
    const auto done = (child_command("two_voices", "out", "first") | child_command("cat_both"))
                          .run({.on_output = [&](std::size_t stage, windpipe::output_stream which, auto piece) {
                              heard[{stage, which}] += text_of(piece);
                          }});
    ASSERT_OK(done);
    EXPECT_EQ((heard[{0, windpipe::output_stream::err}]), "first");
    EXPECT_EQ((heard[{1, windpipe::output_stream::err}]), "out");
    EXPECT_EQ((heard[{1, windpipe::output_stream::out}]), "out");
    EXPECT_EQ(heard.size(), 3U);
}

TEST(pipeline_run, takes_a_hundred_stages) {
    allow(240s);
    const expect_nothing_leaked watch;
    const std::string text = pattern_text(100'000);
    pipeline many;
    for (int i = 0; i < 100; ++i) {
        many.add(child_command("cat"));
    }
    const auto done = many.run({.input = text});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->text();
    EXPECT_TRUE(done->out.head == text) << done->out.total() << " bytes";
    EXPECT_EQ(done->stages.size(), 100U);
}

TEST(pipeline_run, gives_each_pipe_the_capacity_asked_for) {
    const auto done =
        (child_command("cat") | child_command("cat")).run({.input = "small", .capacity = std::size_t{1} << 16U});
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "small");
}

TEST(pipeline_run, refuses_a_pipeline_without_stages) {
    EXPECT_TRUE(failed(pipeline().run(), "start pipeline", std::errc::invalid_argument));
    EXPECT_TRUE(failed(pipeline().spawn(), "start pipeline", std::errc::invalid_argument));
}

TEST(pipeline_run, refuses_a_stage_that_sets_what_joins_it) {
    const auto output = (child_command("cat").out(windpipe::null) | child_command("cat")).run();
    EXPECT_TRUE(failed(output, "open stdout", std::errc::invalid_argument));
    EXPECT_NE(output.error().message().find("stage 1"), std::string::npos) << output.error().message();
    const auto input = (child_command("cat") | child_command("cat").in(windpipe::null)).run();
    EXPECT_TRUE(failed(input, "open stdin", std::errc::invalid_argument));
    EXPECT_NE(input.error().message().find("stage 2"), std::string::npos) << input.error().message();
}

TEST(pipeline_run, refuses_input_for_a_first_stage_that_has_its_own) {
    const auto done = (child_command("cat").in(windpipe::null) | child_command("cat")).run({.input = "twice"});
    EXPECT_TRUE(failed(done, "open stdin", std::errc::invalid_argument));
}

TEST(pipeline_run, can_be_repeated_when_it_has_only_used_its_own_pipes) {
    auto twice = child_command("cat") | child_command("cat");
    for (const char* text : {"once", "again"}) {
        const auto done = twice.run({.input = text});
        ASSERT_OK(done);
        EXPECT_EQ(done->out.text(), text);
    }
}

TEST(pipeline_run, takes_the_others_down_when_a_stage_cannot_start) {
    const expect_nothing_leaked watch;
    auto broken =
        child_command("sleep_forever") | child_command("cat") | command{"./windpipe_there_is_no_such_program"};
    const auto done = broken.run();
    ASSERT_FAILS(done, no_such_file_or_directory);
    EXPECT_NE(done.error().message().find("stage 3"), std::string::npos) << done.error().message();
}

TEST(pipeline_spawn, gives_the_outer_ends_to_the_caller) {
    const expect_nothing_leaked watch;
    auto stages = (child_command("echo_lines").in(piped) | child_command("cat").out(piped)).spawn();
    ASSERT_OK(stages);
    ASSERT_EQ(stages->size(), 2U);
    ASSERT_OK(stages->front().in.write("hello\n"));
    stages->front().in.close();
    EXPECT_EQ(rest_of(stages->back().out), "you said: hello\n");
    for (auto& stage : *stages) {
        EXPECT_TRUE(exited_with(stage.wait(), 0));
    }
}

TEST(pipeline_spawn, tells_afterwards_which_stage_the_next_one_cut_off) {
    auto stages = (child_command("flood", "100000000", "0") | child_command("exit_with", "0")).spawn();
    ASSERT_OK(stages);
    windpipe::child& writer = stages->front();
    windpipe::child& reader = stages->back();
    EXPECT_TRUE(exited_with(reader.wait(), 0));
    EXPECT_FALSE(broke_its_pipe(writer, reader)) << "the writer has not been waited for";
    ASSERT_OK(writer.wait());
    EXPECT_TRUE(broke_its_pipe(writer, reader));
    EXPECT_FALSE(broke_its_pipe(reader, writer));
    EXPECT_FALSE(broke_its_pipe(writer, windpipe::child()));
}

} // namespace

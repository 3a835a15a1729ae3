// When a pipeline is done, what its stages' failures mean, and that nothing of it is left behind.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <thread>
#include <utility>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::ended_by;
using windpipe::success_rule;

TEST(pipeline_end, kills_every_stage_at_the_deadline_and_keeps_what_came) {
    const expect_nothing_leaked watch;
    const auto done = (child_command("sleep_forever") | child_command("sleep_forever") | child_command("hold_open"))
                          .run({.limit = {.until = 300ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_FALSE(done->success());
    ASSERT_EQ(done->stages.size(), 3U);
    EXPECT_EQ(done->stages[0].status, windpipe::exit_status::signalled(9));
    EXPECT_EQ(done->stages[1].status, windpipe::exit_status::signalled(9));
}

TEST(pipeline_end, kills_every_stage_when_a_stop_is_requested) {
    const expect_nothing_leaked watch;
    std::stop_source stop;
    std::size_t heard = 0;
    auto held = windpipe::make_pipe(); // so that the first stage goes on
    ASSERT_OK(held);
    const auto done = (child_command("hold_open").in(std::move(held->reader)) | child_command("cat"))
                          .run({.on_output =
                                    [&](std::size_t /*stage*/, auto /*which*/, auto piece) {
                                        heard += piece.size();
                                        if (heard == 6) { // "ready\n"
                                            stop.request_stop();
                                        }
                                    },
                                .limit = {.stop = stop.get_token()}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::canceled);
    EXPECT_EQ(done->out.text(), "ready\n");
    EXPECT_FALSE(done->success());
}

TEST(pipeline_end, by_default_does_not_wait_for_a_stranger) {
    auto held = windpipe::make_pipe(); // the grandchild, which has the first stage's standard error, waits for its end
    ASSERT_OK(held);
    const auto done =
        (windpipe::command(child_program("leave_running"), child_program("cat")).in(std::move(held->reader)) |
         child_command("exit_with", "0"))
            .run();
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::drained);
    EXPECT_TRUE(done->writers_alive);
    EXPECT_TRUE(done->success()) << done->text();
}

TEST(pipeline_end, is_done_when_the_last_stage_ends_before_the_first) {
    const expect_nothing_leaked watch;
    const auto done = (child_command("flood", "100000000", "0") | child_command("exit_with", "0")).run();
    ASSERT_OK(done);
    EXPECT_TRUE(done->success()) << done->text();
    EXPECT_FALSE(done->failed_stage());
    EXPECT_TRUE(done->stages[0].broke_its_pipe) << done->stages[0].status.text();
    EXPECT_NE(done->text().find("had enough"), std::string::npos) << done->text();
}

TEST(pipeline_end, says_so_when_strictness_asks_for_the_stage_that_broke_its_pipe) {
    const auto done = (child_command("flood", "100000000", "0") | child_command("exit_with", "0"))
                          .run({.rule = success_rule::strict});
    ASSERT_OK(done);
    EXPECT_FALSE(done->success());
    EXPECT_EQ(done->failed_stage(), 0U);
}

TEST(pipeline_end, forgives_no_broken_pipe_when_a_later_stage_failed) {
    auto done = (child_command("flood", "100000000", "0") | child_command("exit_with", "3")).run();
    ASSERT_OK(done);
    EXPECT_EQ(done->failed_stage(), 1U);
    EXPECT_EQ(done->stages[1].status, windpipe::exit_status::exited(3));
    done->stages[1].status = windpipe::exit_status::exited(0);
    EXPECT_TRUE(done->success()) << "the other one's failure alone made it fail: " << done->text();
}

TEST(pipeline_end, names_the_rightmost_stage_that_failed) {
    const auto done = (child_command("exit_with", "1") | child_command("exit_with", "2") | child_command("cat")).run();
    ASSERT_OK(done);
    EXPECT_EQ(done->failed_stage(), 1U);
    EXPECT_NE(done->text().find("exited with 2"), std::string::npos) << done->text();
}

TEST(pipeline_end, asks_the_last_stage_alone_by_the_rule_of_shells) {
    const auto done = (child_command("exit_with", "1") | child_command("cat")).run({.rule = success_rule::last});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_EQ(done->stages[0].status, windpipe::exit_status::exited(1));
    const auto failed = (child_command("cat") | child_command("exit_with", "4")).run({.rule = success_rule::last});
    ASSERT_OK(failed);
    EXPECT_EQ(failed->failed_stage(), 1U);
}

TEST(pipeline_end, takes_a_first_stage_that_ends_by_itself_for_no_broken_pipe) {
    // The second stage outlives it: whatever the first failed of, it was not a closed pipe.
    const auto done = (child_command("exit_with", "5") | child_command("cat")).run();
    ASSERT_OK(done);
    EXPECT_FALSE(done->stages[0].broke_its_pipe);
    EXPECT_EQ(done->failed_stage(), 0U);
}

TEST(pipeline_end, by_tree_gone_waits_for_what_its_stages_have_left_behind) {
    auto held = windpipe::make_pipe();  // the grandchild waits for its end,
    auto watch = windpipe::make_pipe(); // has this one as its standard error,
    auto alive = windpipe::make_pipe(); // and not this one, which ends with the stage
    ASSERT_OK(held);
    ASSERT_OK(watch);
    ASSERT_OK(alive);
    std::jthread releaser([&] {
        EXPECT_EQ(rest_of(alive->reader), "");
        held->writer.close();
    });
    auto first = windpipe::command(child_program("leave_running"), child_program("cat"))
                     .in(std::move(held->reader))
                     .err(std::move(watch->writer))
                     .give("alive", std::move(alive->writer));
    const auto done =
        (std::move(first) | child_command("exit_with", "0")).run({.end = windpipe::end_policy::tree_gone()});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_TRUE(done->success()) << done->text();
    std::byte byte{};
    EXPECT_VALUE(watch->reader.read_some({&byte, 1}, {.until = 0s}), 0U); // it is gone
}

} // namespace

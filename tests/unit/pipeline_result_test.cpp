// Which stage of a pipeline decides, by each of the three rules.
#include <windpipe/pipeline.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace {

using windpipe::exit_status;
using windpipe::pipeline_result;
using windpipe::stage_report;
using windpipe::success_rule;

stage_report stage(exit_status status, bool broke_its_pipe) {
    stage_report made;
    made.command = "x";
    made.status = status;
    made.broke_its_pipe = broke_its_pipe;
    return made;
}
stage_report exited(std::uint32_t code) { return stage(exit_status::exited(code), false); }
stage_report broke_its_pipe() { return stage(exit_status::signalled(13), true); }

template <class... Stages>
pipeline_result result_of(success_rule rule, Stages... stages) {
    pipeline_result made;
    made.rule = rule;
    (made.stages.push_back(std::move(stages)), ...);
    return made;
}

template <class... Stages>
std::optional<std::size_t> failed_stage(success_rule rule, Stages... stages) {
    return result_of(rule, std::move(stages)...).failed_stage();
}

constexpr auto none = std::optional<std::size_t>();

TEST(pipeline_result, forgives_a_broken_pipe_before_stages_that_succeeded) {
    EXPECT_EQ(failed_stage(success_rule::forgiving, broke_its_pipe(), exited(0)), none);
    EXPECT_EQ(failed_stage(success_rule::forgiving, broke_its_pipe(), broke_its_pipe(), exited(0)), none);
    EXPECT_EQ(failed_stage(success_rule::forgiving, exited(0), broke_its_pipe(), exited(0), exited(0)), none);
}

TEST(pipeline_result, forgives_no_other_failure) {
    EXPECT_EQ(failed_stage(success_rule::forgiving, exited(2), exited(0)), 0U);
    EXPECT_EQ(failed_stage(success_rule::forgiving, exited(2), broke_its_pipe(), exited(0)), 0U);
}

TEST(pipeline_result, blames_the_rightmost_failure_not_the_pipes_it_broke) {
    EXPECT_EQ(failed_stage(success_rule::forgiving, broke_its_pipe(), exited(2)), 1U);
    EXPECT_EQ(failed_stage(success_rule::forgiving, exited(1), broke_its_pipe(), exited(3), exited(0)), 2U);
}

TEST(pipeline_result, forgives_nothing_when_strict) {
    EXPECT_EQ(failed_stage(success_rule::strict, broke_its_pipe(), exited(0)), 0U);
    EXPECT_EQ(failed_stage(success_rule::strict, exited(1), exited(2), exited(0)), 1U);
    EXPECT_EQ(failed_stage(success_rule::strict, exited(0), exited(0)), none);
}

TEST(pipeline_result, looks_at_the_last_stage_alone_when_asked_to) {
    EXPECT_EQ(failed_stage(success_rule::last, exited(1), broke_its_pipe(), exited(0)), none);
    EXPECT_EQ(failed_stage(success_rule::last, exited(0), exited(4)), 1U);
}

TEST(pipeline_result, is_no_success_when_it_was_cut_short) {
    auto cut = result_of(success_rule::forgiving, exited(0));
    EXPECT_TRUE(cut.success());
    cut.ended_by = windpipe::ended_by::timed_out;
    EXPECT_FALSE(cut.failed_stage());
    EXPECT_FALSE(cut.success());
}

TEST(pipeline_result, tells_of_the_failed_stages_and_which_of_them_are_forgiven) {
    EXPECT_EQ(result_of(success_rule::forgiving, exited(0), broke_its_pipe(), exited(0)).text(),
              "stage 2 (x) killed by signal 13 (SIGPIPE): the next stage had enough\n");
    EXPECT_EQ(result_of(success_rule::forgiving, exited(3)).text(), "stage 1 (x) exited with 3\n");
}

} // namespace

// A broken write changes nothing about signals: neither the disposition of SIGPIPE, nor a mask, nor what is pending.
#include "conformance/helpers/processes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace {

using namespace windpipe_test;

class sigpipe : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(sigpipe, is_as_it_was_after_a_broken_write) {
    const auto [state, way] = GetParam();
    const auto done = windpipe::run(child_command("broken_write", state, way, child_program("exit_with")));
    ASSERT_OK(done);
    EXPECT_EQ(done->out.text(), "same\n") << done->err.text();
    EXPECT_TRUE(done->success()) << done->status.text();
}

INSTANTIATE_TEST_SUITE_P(each, sigpipe,
                         testing::Combine(testing::Values("default", "ignored", "handled", "blocked",
                                                          "pending_in_thread", "pending_in_process", "pending_in_both"),
                                          testing::Values("write", "some", "gather", "waiting", "run")),
                         [](const auto& info) {
                             return std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
                         });

TEST(sigpipe, kills_a_child_whose_reader_is_gone_although_we_ignore_it) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    ends->reader.close();
    auto child = child_command("two_voices", "x", "").in(windpipe::null).out(std::move(ends->writer)).spawn();
    ASSERT_OK(child);
    EXPECT_TRUE(ended_as(child->wait(), windpipe::exit_status::signalled(13)));
}

} // namespace

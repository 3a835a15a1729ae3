// A process with one thread makes other system calls, and must see the same.
#include "conformance/helpers/processes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using windpipe_test::child_command;
using windpipe_test::child_program;

/// Started by the library: a child of the layer has a second thread, the agent.
class win32_alone : public testing::TestWithParam<const char*> {};

TEST_P(win32_alone, sees_the_same) {
    const auto done = windpipe::run(child_command("win32_alone", GetParam(), child_program("win32_helper")));
    ASSERT_OK(done);
    if (done->status == windpipe::exit_status::exited(77)) {
        GTEST_SKIP() << "a sanitizer has started a thread in it";
    }
    EXPECT_EQ(done->out.text(), "as it should be\n") << done->status.text() << done->err.text();
}

INSTANTIATE_TEST_SUITE_P(ways, win32_alone,
                         testing::Values("there_and_back", "full", "readers", "wrong", "shared", "short"),
                         [](const auto& one) { return std::string(one.param); });

} // namespace

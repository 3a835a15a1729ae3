// A process with one thread, whose waits nothing can call off: it makes other system calls, and must see the same.
#include "conformance/helpers/processes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using windpipe_test::child_command;
using windpipe_test::child_program;

void expect_as_it_should_be(const std::string& way, const std::string& program,
                            const std::vector<std::string>& arguments) {
    const auto done = windpipe::run(child_command("single_threaded", way, child_program(program)).args(arguments));
    ASSERT_OK(done);
    if (done->status == windpipe::exit_status::exited(77)) {
        GTEST_SKIP() << "a sanitizer has started a thread in it";
    }
    EXPECT_EQ(done->out.text(), "as it should be\n") << done->status.text() << done->err.text();
}

TEST(single_threaded, write_some_returns_as_soon_as_something_fits) {
    expect_as_it_should_be("some", "read_slowly", {"4096", "100"});
}

TEST(single_threaded, writes_all_to_a_slow_reader) { expect_as_it_should_be("write", "read_slowly", {"4096", "100"}); }

TEST(single_threaded, reads_all_from_a_writer) { expect_as_it_should_be("read", "flood", {"1048576", "0"}); }

TEST(single_threaded, is_told_of_a_broken_pipe) { expect_as_it_should_be("broken", "close_stdin_early", {"10"}); }

TEST(single_threaded, waits_for_a_child) { expect_as_it_should_be("wait", "exit_with", {"5"}); }

} // namespace

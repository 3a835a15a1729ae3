// A process that was started without some of its standard streams can use all of windpipe.
#include "helpers/processes.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace {

using namespace windpipe_test;
using windpipe::null;

class command_closed_streams : public testing::TestWithParam<const char*> {};

TEST_P(command_closed_streams, leave_pipes_and_children_working) {
    const scratch_directory scratch;
    const std::string report = utf8(scratch / "report");
    auto user = windpipe::command{child_program("use_without_streams"), GetParam(), report, child_program("cat"),
                                  child_program("list_handles")}
                    .in(null)
                    .out(null)
                    .err(null)
                    .spawn();
    ASSERT_OK(user);
    EXPECT_TRUE(exited_with(user->wait(), 0));
    const std::string listed = read_file(scratch / "report");
    EXPECT_FALSE(listed.starts_with("FAILED")) << listed;
    std::size_t inherited = 0;
    std::istringstream rest(listed);
    for (std::string line; std::getline(rest, line);) {
        const bool its_own = on_windows && line.contains(" 0 "); // the system's libraries in it have handles, too
        inherited += its_own ? 0U : 1U;
    }
    EXPECT_EQ(inherited, 3U) << "exactly three streams, never fewer: another file would take the free number\n"
                             << listed;
}

INSTANTIATE_TEST_SUITE_P(each, command_closed_streams, testing::Values("", "0", "1", "2", "01", "02", "12", "012"),
                         [](const auto& info) { return "without_" + std::string(info.param); });

} // namespace

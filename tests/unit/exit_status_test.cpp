#include <windpipe/child.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace {

using windpipe::exit_status;

TEST(exit_status, is_an_exit_code_or_a_signal) {
    constexpr exit_status exited = exit_status::exited(3);
    EXPECT_EQ(exited.code(), 3U);
    EXPECT_EQ(exited.signal(), std::nullopt);
    EXPECT_FALSE(exited.core_dumped());
    constexpr exit_status killed = exit_status::signalled(9);
    EXPECT_EQ(killed.code(), std::nullopt);
    EXPECT_EQ(killed.signal(), 9);
    EXPECT_TRUE(exit_status::signalled(11, true).core_dumped());
}

TEST(exit_status, is_a_success_for_code_0_alone) {
    EXPECT_TRUE(exit_status::exited(0).success());
    EXPECT_FALSE(exit_status::exited(1).success());
    EXPECT_FALSE(exit_status::exited(0xFFFF'FFFF).success());
    EXPECT_FALSE(exit_status::signalled(15).success());
}

TEST(exit_status, tells_a_code_from_a_signal_of_the_same_number) {
    EXPECT_EQ(exit_status::exited(9), exit_status::exited(9));
    EXPECT_FALSE(exit_status::exited(9) == exit_status::signalled(9));
    EXPECT_FALSE(exit_status::signalled(11) == exit_status::signalled(11, true));
}

TEST(exit_status, can_be_read) {
    EXPECT_EQ(exit_status::exited(3).text(), "exited with 3");
    EXPECT_EQ(exit_status::exited(255).text(), "exited with 255");
    EXPECT_EQ(exit_status::exited(0xC000'0005).text(), "exited with 0xC0000005");
    EXPECT_EQ(exit_status::signalled(9).text(), "killed by signal 9 (SIGKILL)");
    EXPECT_EQ(exit_status::signalled(13).text(), "killed by signal 13 (SIGPIPE)");
    EXPECT_EQ(exit_status::signalled(31).text(), "killed by signal 31 (SIGSYS)");
    EXPECT_EQ(exit_status::signalled(34).text(), "killed by signal 34");
    EXPECT_EQ(exit_status::signalled(11, true).text(), "killed by signal 11 (SIGSEGV), core dumped");
}

} // namespace

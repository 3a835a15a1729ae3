// One system call per small read or write that need not wait, and a start that copies no memory.
#include "tracer.hpp"

#include "support/children.hpp"

#include <windpipe/bytes.hpp>

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <sched.h>
#include <string>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using windpipe_test::child_program;
using windpipe_test::trace;
using windpipe_test::traced_call;

/// Whether this kernel can write to a pipe without waiting and without a signal by one call.
bool kernel_has_quiet_writes() {
    constexpr int no_wait_no_signal = 0x8 | 0x100;
    std::array<int, 2> fds{};
    if (::pipe(fds.data()) != 0) {
        return false;
    }
    char byte = 0;
    const iovec piece{&byte, 1};
    const bool can = ::pwritev2(fds[1], &piece, 1, -1, no_wait_no_signal) == 1;
    ::close(fds[0]);
    ::close(fds[1]);
    return can;
}

using counts = std::map<long, int>;

counts counted(const std::vector<traced_call>& calls) {
    counts all;
    for (const traced_call& call : calls) {
        ++all[call.number];
    }
    return all;
}

class system_calls : public testing::TestWithParam<std::string> {};

TEST_P(system_calls, are_one_per_small_transfer) {
    if (!kernel_has_quiet_writes()) {
        GTEST_SKIP() << "this kernel lacks RWF_NOSIGNAL or RWF_NOWAIT on pipes: the fallback makes more calls";
    }
    const std::string& what = GetParam();
    const auto calls = trace(child_program("traced"), {what});
    if (!calls) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    counts expected;
    if (what.starts_with("write") || what == "gather") {
        expected[SYS_pwritev2] = 100;
    }
    if (what.ends_with("read")) {
        expected[SYS_preadv2] = 100;
    }
    EXPECT_EQ(counted(*calls), expected);
}

INSTANTIATE_TEST_SUITE_P(each, system_calls, testing::Values("nothing", "write", "read", "gather", "write_and_read"),
                         [](const auto& info) { return info.param; });

TEST(system_calls, of_a_wait_on_a_peer_that_sleeps_are_few) {
    if (!kernel_has_quiet_writes()) {
        GTEST_SKIP() << "this kernel lacks RWF_NOSIGNAL or RWF_NOWAIT on pipes: the fallback makes more calls";
    }
    const auto calls = trace(child_program("traced"), {"waits"});
    if (!calls) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    const counts made = counted(*calls);
    std::size_t all = 0;
    for (const auto& [call, times] : made) {
        all += static_cast<std::size_t>(times);
    }
    EXPECT_GE(made.at(SYS_ppoll), 20) << "a slow machine may find some deadlines passed already";
    EXPECT_LE(all, 5U * 40U)
        << "a try, a sleep, a try: whoever looks again and again while nothing comes costs a processor";
}

TEST(system_calls, of_a_thousand_small_records_are_few) {
    const auto calls = trace(child_program("traced"), {"buffered"});
    if (!calls) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    // 8 full buffers of 128 records, unless the tracer has made some of them old: then a few more.
    EXPECT_LE(calls->size(), 100U);
    EXPECT_GE(calls->size(), 8U);
}

TEST(system_calls, of_a_capture_on_a_loop_are_few) {
    const auto calls = trace(child_program("traced"), {"capture", child_program("exit_with")});
    if (!calls) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    counts made = counted(*calls);
    EXPECT_EQ(made[SYS_epoll_ctl], 3) << "to wait for the output, for the process, and for the output no longer";
    EXPECT_LE(made[SYS_preadv2] + made[SYS_read] + made[SYS_ioctl], 3) << "of an output that was never written to";
    EXPECT_EQ(made[SYS_waitid], 1) << "when it has ended";
    EXPECT_LE(made[SYS_epoll_pwait2], 3) << "for both ends at once, or for each; and the loop begins with a look";
    EXPECT_EQ(made[SYS_close], 5) << "both ends of the pipe, the process, and what stands for the two streams";
}

TEST(copies, of_captured_bytes_are_none_as_they_grow) {
    constexpr std::size_t large = 64UL * 1024 * 1024;
    constexpr std::size_t piece = 1024UL * 1024;
    windpipe::byte_buffer bytes;
    ASSERT_FALSE(bytes.room(piece).empty());
    bytes.commit(piece);
    const std::byte* const place = bytes.data();
    while (bytes.size() < large) {
        ASSERT_FALSE(bytes.room(piece).empty());
        bytes.commit(piece);
        ASSERT_EQ(bytes.data(), place) << "moved, and so copied, at " << bytes.size() << " bytes";
    }
    bytes.trim();
    EXPECT_EQ(bytes.data(), place);
}

TEST(system_calls, of_a_start_share_our_memory_instead_of_copying_it) {
    const auto calls = trace(child_program("traced"), {"spawn", child_program("exit_with")});
    if (!calls) {
        GTEST_SKIP() << "ptrace(2) is not allowed here";
    }
    constexpr std::uint64_t shared = CLONE_VM | CLONE_VFORK;
    int clones = 0;
    for (const traced_call& call : *calls) {
        EXPECT_NE(call.number, SYS_execve) << "not by us";
        const std::uint64_t flags = call.number == SYS_clone3  ? call.behind_first_argument
                                    : call.number == SYS_clone ? call.first_argument
                                                               : shared;
        EXPECT_EQ(flags & shared, shared);
        clones += call.number == SYS_clone3 || call.number == SYS_clone ? 1 : 0;
    }
    EXPECT_GE(clones, 1) << "two, where clone3 is missing";
    EXPECT_EQ(counted(*calls)[SYS_mmap], 0) << "the child's stack is kept from one start to the next";
    RecordProperty("system_calls", static_cast<int>(calls->size()));
}

} // namespace

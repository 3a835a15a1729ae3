// Whether the features are really missing that this program was told to do without (without.cpp sets WINDPIPE_WITHOUT).
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

/// errno of a one-byte pwritev2 with these flags; 0 when it wrote.
int write_with(int flags) {
    std::array<int, 2> fds{};
    EXPECT_EQ(::pipe(fds.data()), 0);
    char byte = 0;
    const iovec piece{&byte, 1};
    const int code = ::pwritev2(fds[1], &piece, 1, -1, flags) == 1 ? 0 : errno;
    ::close(fds[0]);
    ::close(fds[1]);
    return code;
}

TEST(fallback, is_what_this_run_tests) {
    const char* const missing = std::getenv("WINDPIPE_WITHOUT");
    if (missing == nullptr) {
        GTEST_SKIP() << "this run lacks nothing on purpose";
    }
    const std::string list = missing;
    const auto lacks = [&](const char* feature) { return list.find(feature) != std::string::npos; };
    if (lacks("nosignal")) {
        EXPECT_EQ(write_with(0x100), EOPNOTSUPP);
    }
    if (lacks("nowait")) {
        EXPECT_EQ(write_with(0x8), EOPNOTSUPP);
    }
    if (lacks("clone3")) {
        EXPECT_EQ(::syscall(SYS_clone3, nullptr, 0), -1);
        EXPECT_EQ(errno, ENOSYS);
    }
    if (lacks("membarrier")) {
        EXPECT_EQ(::syscall(SYS_membarrier, 0, 0, 0), -1);
        EXPECT_EQ(errno, EPERM);
    }
    if (lacks("pidfdinfo")) {
        const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0));
        ASSERT_GE(pidfd, 0);
        std::array<std::uint64_t, 8> info{1};
        EXPECT_EQ(::ioctl(pidfd, _IOC(_IOC_READ | _IOC_WRITE, 0xFF, 11, sizeof info), info.data()), -1);
        EXPECT_EQ(errno, ENOTTY);
        ::close(pidfd);
    }
    if (lacks("pidfdgroup")) {
        const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0));
        ASSERT_GE(pidfd, 0);
        EXPECT_EQ(::syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 1U << 2U), -1);
        EXPECT_EQ(errno, EINVAL);
        ::close(pidfd);
    }
}

} // namespace

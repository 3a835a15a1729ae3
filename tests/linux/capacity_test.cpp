// What a pipe holds is what capacity() says, also where the kernel gave less than everybody expects.
#include "conformance/helpers/processes.hpp"

#include <windpipe/linux.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::make_pipe;
using windpipe::set_capacity;

/// A user whom nobody else has, nor another run of these tests at the same time: the quota is one for all of a user's
/// processes.
unsigned unused_user() { return 50'000 + static_cast<unsigned>(::getpid() % 10'000); }

std::size_t setting(const char* name) {
    std::ifstream file(std::string("/proc/sys/fs/") + name);
    std::size_t value = 0;
    file >> value;
    return value;
}

struct told {
    std::size_t of_reader = 0;
    std::size_t of_writer = 0;
    std::size_t taken = 0;
};

/// What pipes_of_user prints of its first and its last pipe.
std::vector<told> pipes_of_a_user(std::size_t count, std::size_t capacity) {
    const std::string user = ::geteuid() == 0 ? std::to_string(unused_user()) : "0";
    const auto done =
        windpipe::run(child_command("pipes_of_user", user, std::to_string(count), std::to_string(capacity)));
    if (!done || !done->success()) {
        if (done && done->status.code() != 77U) {
            ADD_FAILURE() << done->status.text() << ": " << done->out.text() << done->err.text();
        }
        return {};
    }
    std::vector<told> all(2);
    std::istringstream lines(done->out.text());
    for (told& one : all) {
        lines >> one.of_reader >> one.of_writer >> one.taken;
    }
    return all;
}

TEST(capacity, tells_of_the_small_pipes_of_a_user_who_has_many) {
    const std::size_t soft_limit = setting("pipe-user-pages-soft");
    if (soft_limit == 0 || soft_limit > 100'000) {
        GTEST_SKIP() << "pipe-user-pages-soft is " << soft_limit << ": no user gets small pipes here";
    }
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::vector<told> pipes = pipes_of_a_user(soft_limit / 16 + 10, 0);
    if (pipes.empty()) {
        GTEST_SKIP() << "this user may not open as many files";
    }
    EXPECT_EQ(pipes[0].of_writer, 16 * page) << "the first is an ordinary one";
    EXPECT_LE(pipes[1].of_writer, 2 * page) << "the last is small, and says so";
    for (const told& one : pipes) {
        EXPECT_EQ(one.of_reader, one.of_writer);
        EXPECT_EQ(one.taken, one.of_writer) << "it holds what it says";
    }
}

TEST(capacity, asked_for_beyond_the_users_quota_is_granted_as_far_as_it_goes) {
    const std::size_t soft_limit = setting("pipe-user-pages-soft");
    if (soft_limit == 0 || soft_limit > 100'000) {
        GTEST_SKIP() << "pipe-user-pages-soft is " << soft_limit << ": no quota here";
    }
    const std::vector<told> pipes = pipes_of_a_user(soft_limit / 16 + 10, 1 << 20);
    if (pipes.empty()) {
        GTEST_SKIP() << "this user may not open as many files";
    }
    EXPECT_EQ(pipes[0].of_writer, 1U << 20U);
    EXPECT_LT(pipes[1].of_writer, 1U << 20U) << "no error: less, and it says so";
    EXPECT_EQ(pipes[1].taken, pipes[1].of_writer);
}

TEST(capacity, above_pipe_max_size_is_granted_as_far_as_it_goes) {
    const std::size_t most = setting("pipe-max-size");
    const std::vector<told> pipes = pipes_of_a_user(1, 4 * most);
    if (pipes.empty()) {
        GTEST_SKIP() << "this user may not set its limit of open files";
    }
    EXPECT_GE(pipes[0].of_writer, most / 2);
    EXPECT_LE(pipes[0].of_writer, most);
}

TEST(capacity, is_the_kernels_own_number) {
    for (const std::size_t wish : {0UL, 1UL, 4096UL, 5000UL, 65536UL, 65537UL, 1UL << 20U}) {
        auto ends = make_pipe({.capacity = wish});
        ASSERT_OK(ends);
        const auto granted = ends->writer.capacity();
        ASSERT_OK(granted);
        EXPECT_EQ(static_cast<int>(*granted), ::fcntl(ends->reader.native_handle(), F_GETPIPE_SZ));
        EXPECT_GE(*granted, wish);
    }
}

TEST(set_capacity, grows_and_shrinks) {
    auto ends = make_pipe();
    ASSERT_OK(ends);
    EXPECT_VALUE(set_capacity(ends->writer, 1 << 18), 1U << 18U);
    EXPECT_VALUE(ends->reader.capacity(), 1U << 18U);
    EXPECT_VALUE(set_capacity(ends->writer, 1), static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
    EXPECT_VALUE(set_capacity(ends->writer, 5000), 8192U);
}

TEST(set_capacity, keeps_what_the_pipe_holds) {
    auto ends = make_pipe();
    ASSERT_OK(ends);
    ASSERT_OK(ends->writer.write(std::string(10'000, 'x')));
    EXPECT_FAILS(set_capacity(ends->writer, 4096), device_or_resource_busy);
    EXPECT_VALUE(ends->writer.capacity(), 65536U);
    EXPECT_VALUE(set_capacity(ends->writer, 1 << 17), 1U << 17U);
    ends->writer.close();
    EXPECT_EQ(rest_of(ends->reader), std::string(10'000, 'x'));
}

TEST(set_capacity, refuses_what_no_pipe_can_hold) {
    auto ends = make_pipe();
    ASSERT_OK(ends);
    EXPECT_FAILS(set_capacity(ends->writer, (std::size_t{1} << 31U) + 1), invalid_argument);
    EXPECT_FAILS(set_capacity(ends->writer, windpipe::no_limit), invalid_argument);
    EXPECT_VALUE(ends->writer.capacity(), 65536U);
    ends->writer.close();
    const auto refused = set_capacity(ends->writer, 4096);
    ASSERT_FAILS(refused, bad_file_descriptor);
    EXPECT_NE(refused.error().message().find("this end is closed"), std::string::npos) << refused.error().message();
    EXPECT_FAILS(set_capacity(windpipe::pipe_writer(), 4096), bad_file_descriptor);
}

TEST(set_capacity, makes_room_for_a_writer_that_waits) {
    auto ends = make_pipe({.capacity = 4096});
    ASSERT_OK(ends);
    const std::vector<std::byte> bytes(100'000);
    windpipe::result<void> written;
    {
        auto second = ends->writer.duplicate();
        ASSERT_OK(second);
        const std::jthread writes([&] { written = ends->writer.write(bytes); });
        while (ends->reader.available().value_or(0) < 4096) {
            std::this_thread::yield();
        }
        EXPECT_OK(set_capacity(*second, 1 << 17));
    }
    EXPECT_OK(written);
}

} // namespace

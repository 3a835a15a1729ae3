// Bytes between a pipe and sockets or devices: none lost when it ends early, and no SIGPIPE.
#include "conformance/pipe_tools.hpp"
#include "support/accounts.hpp"
#include "support/threads.hpp"

#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <tuple>
#include <unistd.h>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::no_limit;
using windpipe::or_throw;
using windpipe::transfer;
using windpipe::unique_handle;

int checked(int outcome) {
    if (outcome == -1) {
        throw std::system_error(errno, std::generic_category(), "socket");
    }
    return outcome;
}

struct two_sockets {
    unique_handle ours;
    unique_handle theirs;
};

two_sockets local_sockets(int type) {
    std::array<int, 2> made{};
    checked(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, made.data()));
    return {unique_handle(made[0]), unique_handle(made[1])};
}

two_sockets tcp_sockets() {
    const unique_handle listener(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    checked(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size));
    checked(::listen(listener.get(), 1));
    checked(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size));
    unique_handle ours(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
    checked(::connect(ours.get(), reinterpret_cast<sockaddr*>(&address), size));
    unique_handle theirs(checked(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    return {std::move(ours), std::move(theirs)};
}

/// Which sockets, and whether ours waits by itself.
class transferred_by_a_socket : public testing::TestWithParam<std::tuple<std::string, std::string>> {
protected:
    transferred_by_a_socket() {
        if (std::get<1>(GetParam()) == "nonblocking") {
            checked(::fcntl(sockets.ours.get(), F_SETFL, O_NONBLOCK));
        }
    }

    expect_nothing_leaked watch;
    two_sockets sockets = std::get<0>(GetParam()) == "tcp" ? tcp_sockets() : local_sockets(SOCK_STREAM);
    windpipe::pipe_ends pipe = or_throw(windpipe::make_pipe());
};

TEST_P(transferred_by_a_socket, all_of_a_stream_arrives_in_order) {
    constexpr std::size_t size = 1'500'000;
    auto back = or_throw(windpipe::make_pipe());
    observed_thread sender([&] {
        ASSERT_OK(pipe.writer.write(pattern(size)));
        pipe.writer.close();
    });
    observed_thread out([&] {
        EXPECT_VALUE(transfer(pipe.reader, sockets.ours.get()), size);
        checked(::shutdown(sockets.ours.get(), SHUT_WR));
    });
    observed_thread echo([&] { // what comes from the socket goes back through it
        auto [reader, writer] = or_throw(windpipe::make_pipe());
        const int socket = sockets.theirs.get();
        observed_thread in([&, end = std::move(writer)]() mutable { EXPECT_VALUE(transfer(socket, end), size); });
        EXPECT_VALUE(transfer(reader, socket), size);
        checked(::shutdown(socket, SHUT_WR));
    });
    observed_thread in([&] {
        EXPECT_VALUE(transfer(sockets.ours.get(), back.writer), size);
        EXPECT_VALUE(transfer(sockets.ours.get(), back.writer), 0U);
        back.writer.close();
    });
    expect_pattern(back.reader, size);
    EXPECT_VALUE(read_text(back.reader, 1), "");
}

TEST_P(transferred_by_a_socket, a_full_one_ends_it_in_time_and_the_rest_stays) {
    std::size_t written = 0;
    std::size_t moved = 0;
    for (bool full = false; !full;) {
        written += fill(pipe.writer, written);
        const auto outcome = transfer(pipe.reader, sockets.ours.get(), no_limit, {.until = 20ms});
        ASSERT_FAILS(outcome, timed_out);
        moved += outcome.error().transferred;
        full = outcome.error().transferred == 0;
    }
    expect_pattern(pipe.reader, written - moved, moved);
    auto all = or_throw(windpipe::make_pipe());
    observed_thread reader([&] { expect_pattern(all.reader, moved); });
    EXPECT_VALUE(transfer(sockets.theirs.get(), all.writer, moved), moved);
}

TEST_P(transferred_by_a_socket, a_full_pipe_ends_it_in_time_and_the_rest_stays) {
    auto small = or_throw(windpipe::make_pipe({.capacity = 4096}));
    const auto bytes = pattern(30'000);
    ASSERT_EQ(::send(sockets.theirs.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), 30'000);
    sockets.theirs.reset();
    for (std::size_t done = 0; done < bytes.size();) {
        const auto moved = transfer(sockets.ours.get(), small.writer, no_limit, {.until = 1ms});
        const std::size_t count = moved ? *moved : moved.error().transferred;
        ASSERT_TRUE(moved || fails_with(moved, std::errc::timed_out));
        ASSERT_GT(count, 0U);
        expect_pattern(small.reader, count, done);
        done += count;
    }
}

TEST_P(transferred_by_a_socket, nothing_where_nothing_comes_in_time) {
    EXPECT_FAILS(transfer(sockets.ours.get(), pipe.writer, no_limit, at_once()), timed_out);
    EXPECT_FAILS(transfer(sockets.ours.get(), pipe.writer, no_limit, {.until = 20ms}), timed_out);
}

TEST_P(transferred_by_a_socket, until_the_end_is_closed_by_another_thread) {
    {
        observed_thread in([&] { EXPECT_FAILS(transfer(sockets.ours.get(), pipe.writer), operation_canceled); });
        ASSERT_TRUE(in.wait_until_blocked());
        pipe.writer.close();
    }
    auto other = or_throw(windpipe::make_pipe());
    observed_thread out([&] { EXPECT_FAILS(transfer(other.reader, sockets.ours.get()), operation_canceled); });
    ASSERT_TRUE(out.wait_until_blocked());
    other.reader.close();
}

TEST_P(transferred_by_a_socket, nothing_to_somebody_who_has_left) {
    ASSERT_OK(pipe.writer.write("kept"));
    checked(::shutdown(sockets.ours.get(), SHUT_WR)); // of TCP, the other side's leaving is known only later
    const auto moved = transfer(pipe.reader, sockets.ours.get());
    ASSERT_FAILS(moved, broken_pipe);
    EXPECT_EQ(moved.error().transferred, 0U);
    EXPECT_VALUE(read_text(pipe.reader, 9), "kept");
    ASSERT_EQ(::send(sockets.theirs.get(), "here", 4, MSG_NOSIGNAL), 4);
    pipe.reader.close();
    EXPECT_FAILS(transfer(sockets.ours.get(), pipe.writer), broken_pipe);
    std::array<char, 8> rest{};
    EXPECT_EQ(::recv(sockets.ours.get(), rest.data(), rest.size(), 0), 4) << "it is still there";
}

INSTANTIATE_TEST_SUITE_P(each, transferred_by_a_socket,
                         testing::Combine(testing::Values("local", "tcp"), testing::Values("blocking", "nonblocking")),
                         [](const auto& info) { return std::get<0>(info.param) + "_" + std::get<1>(info.param); });

TEST(transferred_by_its_handle, is_no_socket_for_messages_and_no_device_to_read_from) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const auto messages = local_sockets(SOCK_DGRAM);
    EXPECT_FAILS(transfer(reader, messages.ours.get()), operation_not_supported);
    EXPECT_FAILS(transfer(messages.ours.get(), writer), operation_not_supported);
    const unique_handle zeros(checked(::open("/dev/zero", O_RDONLY | O_CLOEXEC)));
    EXPECT_FAILS(transfer(zeros.get(), writer), operation_not_supported);
    const unique_handle path(checked(::open("/", O_PATH | O_CLOEXEC)));
    EXPECT_FAILS(transfer(path.get(), writer), invalid_argument);
    const unique_handle directory(checked(::open("/", O_RDONLY | O_CLOEXEC)));
    EXPECT_FAILS(transfer(directory.get(), writer), is_a_directory);
}

TEST(transferred_to_a_device, is_what_it_takes) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    ASSERT_OK(writer.write("swallowed, or kept"));
    const unique_handle null(checked(::open("/dev/null", O_WRONLY | O_CLOEXEC)));
    EXPECT_VALUE(transfer(reader, null.get(), 14), 14U);
    const unique_handle full(checked(::open("/dev/full", O_WRONLY | O_CLOEXEC)));
    EXPECT_FAILS(transfer(reader, full.get()), no_space_on_device);
    EXPECT_VALUE(read_text(reader, 99), "kept");
}

TEST(transferred_from_a_file, is_also_one_that_the_system_makes_up) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    EXPECT_VALUE(transfer(windpipe::from_file{"/proc/self/comm"}, writer, 3), 3U);
    EXPECT_GT(or_throw(transfer(windpipe::from_file{"/proc/self/status"}, writer)), 100U);
    EXPECT_VALUE(read_text(reader, 3), "lin");
}

} // namespace
} // namespace windpipe_test

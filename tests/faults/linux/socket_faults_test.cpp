// Every system call of a transfer between a pipe and a socket fails once.
#include "each_call.hpp"

#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>

namespace windpipe_test::faults {

namespace {

using windpipe::or_throw;
using windpipe::unique_handle;

void there_and_back(bool blocking) {
    std::array<int, 2> made{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0, made.data()), 0);
    const unique_handle ours(made[0]);
    const unique_handle theirs(made[1]);
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    or_throw(writer.write("hello"));
    EXPECT_EQ(or_throw(windpipe::transfer(reader, ours.get(), 5)), 5U);
    EXPECT_EQ(or_throw(windpipe::transfer(theirs.get(), writer, 5)), 5U);
    auto waited = windpipe::transfer(theirs.get(), writer, 5, {.until = std::chrono::milliseconds(1)});
    if (waited) {
        ADD_FAILURE() << "nothing was to come";
    } else if (waited.error().code != std::errc::timed_out) {
        or_throw(std::move(waited));
    }
    EXPECT_EQ(or_throw(reader.available()), 5U);
}

TEST(socket_faults, are_errors_that_leave_nothing_behind) {
    for (const bool blocking : {true, false}) {
        for (const int code : usual_codes()) {
            SCOPED_TRACE("with the error " + std::to_string(code));
            fail_each_call([blocking] { there_and_back(blocking); }, code);
        }
    }
}

} // namespace

} // namespace windpipe_test::faults

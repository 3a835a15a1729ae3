// What stands for an end or a child in an event loop of somebody else.
#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"
#include "support/native.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <string>
#include <utility>

namespace windpipe_test {
namespace {

using windpipe::or_throw;
using windpipe::piped;

bool is_ready(const windpipe::unique_handle& what, int time = 0) {
    pollfd watched{what.get(), POLLIN, 0};
    return ::poll(&watched, 1, time) == 1 && (watched.revents & POLLIN) != 0;
}

TEST(waitable, of_a_read_end_is_ready_while_there_is_something_to_read) {
    const expect_nothing_leaked watch;
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const auto there = or_throw(windpipe::make_waitable(reader));
    EXPECT_FALSE(is_inheritable(there.get()));
    EXPECT_FALSE(is_ready(there));
    or_throw(writer.write("ab"));
    std::array<std::byte, 1> byte{};
    for (int left = 2; left > 0; --left) {
        EXPECT_TRUE(is_ready(there));
        EXPECT_VALUE(reader.read_some(byte), 1U);
    }
    EXPECT_FALSE(is_ready(there));
    writer.close();
    EXPECT_TRUE(is_ready(there));
    EXPECT_VALUE(reader.read_some(byte), 0U);
}

TEST(waitable, of_a_write_end_is_ready_while_there_is_room_and_when_nobody_reads) {
    const expect_nothing_leaked watch;
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const auto room = or_throw(windpipe::make_waitable(writer));
    EXPECT_TRUE(is_ready(room));
    or_throw(writer.write(std::string(or_throw(writer.capacity()), 'x')));
    EXPECT_FALSE(is_ready(room));
    reader.close();
    EXPECT_TRUE(is_ready(room));
    EXPECT_FAILS(writer.write_some(std::as_bytes(std::span("x", 1))), broken_pipe);
}

TEST(waitable, made_non_blocking_changes_nothing_for_those_who_share_the_end) {
    const expect_nothing_leaked watch;
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const auto shared = or_throw(reader.duplicate());
    const auto there = or_throw(windpipe::make_waitable(reader));
    ASSERT_EQ(::fcntl(there.get(), F_SETFL, O_NONBLOCK), 0);
    EXPECT_TRUE(is_synchronous(shared.native_handle()));
}

TEST(waitable, of_a_child_is_ready_from_its_end_on) {
    const expect_nothing_leaked watch;
    auto child = or_throw(child_command("cat").in(piped).out(windpipe::null).spawn());
    const auto ended = or_throw(windpipe::make_waitable(child));
    EXPECT_FALSE(is_ready(ended));
    child.in.close();
    EXPECT_TRUE(is_ready(ended, -1));
    EXPECT_VALUE(child.try_wait(), windpipe::exit_status::exited(0));
    EXPECT_TRUE(is_ready(ended));
    EXPECT_TRUE(is_ready(or_throw(windpipe::make_waitable(child))));
}

TEST(waitable, of_nothing_is_an_error) {
    const expect_nothing_leaked watch;
    EXPECT_FAILS(windpipe::make_waitable(windpipe::pipe_reader()), bad_file_descriptor);
    EXPECT_FAILS(windpipe::make_waitable(windpipe::pipe_writer()), bad_file_descriptor);
    EXPECT_FAILS(windpipe::make_waitable(windpipe::child()), no_child_process);
}

} // namespace
} // namespace windpipe_test

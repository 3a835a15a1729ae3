// A child gets its three streams and nothing else, whatever this process has open and whoever opened it.
#include "helpers/processes.hpp"

#include "support/foreign.hpp"
#include "support/native.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace {

using namespace windpipe_test;
using windpipe::null;
using windpipe::piped;

bool lists(const std::string& listed, const std::string& identity) {
    return listed.find(identity) != std::string::npos;
}

/// What a child holds that was started by windpipe.
std::string held_by_a_child() { return output_of(child_command("list_handles")); }

/// What a child holds that was started by somebody who passes on all that can be inherited.
std::string held_by_a_foreign_child() {
    auto ends = windpipe::or_throw(windpipe::make_pipe());
    foreign_child lister(child_program("list_handles"), {}, {.out = ends.writer.native_handle()});
    ends.writer.close();
    std::string listed = rest_of(ends.reader);
    EXPECT_EQ(lister.wait(), 0);
    return listed;
}

TEST(inheritance, a_foreign_inheritable_handle_does_not_reach_the_child) {
    auto [reader, writer] = plain_pipe();
    const auto loose = inheritable_copy(writer.get());
    ASSERT_TRUE(is_inheritable(loose.get()));
    const std::string name = identity(writer.get());
    ASSERT_TRUE(lists(held_by_a_foreign_child(), name)) << "else this test could not fail";
    EXPECT_FALSE(lists(held_by_a_child(), name)) << name << " in\n" << held_by_a_child();
}

TEST(inheritance, a_foreign_inheritable_write_end_is_not_kept_by_a_living_child) {
    auto [reader, writer] = plain_pipe();
    auto loose = inheritable_copy(writer.get());
    auto child = child_command("hold_open").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(line_of(child->out), "ready\n");
    auto mine = windpipe::pipe_reader::adopt(std::move(reader));
    ASSERT_OK(mine);
    loose.reset();
    writer.reset();
    EXPECT_EQ(rest_of(*mine), "") << "end of stream comes although the child lives";
    EXPECT_TRUE(still_running(*child));
}

TEST(inheritance, of_the_streams_is_exact) {
    auto child = child_command("list_handles").in(piped).out(piped).err(piped).spawn();
    ASSERT_OK(child);
    const std::string out_name = identity(child->out.native_handle());
    const std::string err_name = identity(child->err.native_handle());
    const std::string in_name = identity(child->in.native_handle());
    const std::string listed = rest_of(child->out);
    if (on_windows) { // there a process has handles of its own of every kind but this one
        std::size_t pipes = 0;
        for (std::size_t at = listed.find(" pipe "); at != std::string::npos; at = listed.find(" pipe ", at + 1)) {
            ++pipes;
        }
        EXPECT_EQ(pipes, 3U) << listed;
        return;
    }
    EXPECT_EQ(std::ranges::count(listed, '\n'), 3) << listed;
    EXPECT_TRUE(lists(listed, "0 " + in_name)) << listed;
    EXPECT_TRUE(lists(listed, "1 " + out_name)) << listed;
    EXPECT_TRUE(lists(listed, "2 " + err_name)) << listed;
}

TEST(inheritance, of_our_ends_is_impossible_for_others) {
    auto child = child_command("cat").in(piped).out(piped).err(piped).spawn();
    ASSERT_OK(child);
    EXPECT_FALSE(is_inheritable(child->in.native_handle()));
    EXPECT_FALSE(is_inheritable(child->out.native_handle()));
    EXPECT_FALSE(is_inheritable(child->err.native_handle()));
    const foreign_child careless(child_program("sleep_forever"), {});
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "") << "the foreign child took no copy of our write end";
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(inheritance, children_see_plain_synchronous_pipes) {
    // a child's ends as its own code sees them: taken over and looked at by this process
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    EXPECT_TRUE(is_pipe(ends->writer.native_handle()));
    EXPECT_TRUE(is_synchronous(ends->writer.native_handle()));
    EXPECT_TRUE(is_synchronous(ends->reader.native_handle()));
}

TEST(inheritance, does_not_change_our_own_handle) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    auto kept = ends->writer.duplicate();
    ASSERT_OK(kept);
    auto child = child_command("two_voices", "x", "").in(null).out(std::move(ends->writer)).spawn();
    ASSERT_OK(child);
    EXPECT_FALSE(is_inheritable(kept->native_handle()));
    EXPECT_TRUE(exited_with(child->wait(), 0));
    kept->close();
    EXPECT_EQ(rest_of(ends->reader), "x");
}

TEST(inheritance, a_grandchild_that_keeps_the_pipe_is_the_only_reason_to_wait_on) {
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    auto child = child_command("leave_holder").in(std::move(held->reader)).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_NE(line_of(child->out), "\n");
    EXPECT_TRUE(exited_with(child->wait(), 0)) << "waiting for the child does not wait for its pipe";
    std::array<std::byte, 1> byte{};
    EXPECT_TRUE(
        failed(child->out.read_some(byte, {.until = std::chrono::milliseconds(30)}), "read", std::errc::timed_out));
    held->writer.close();
    EXPECT_EQ(rest_of(child->out), "");
}

TEST(inheritance, an_ended_child_gives_back_its_copy_of_an_end) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    auto child = child_command("exit_with", "0").in(null).out(std::move(ends->writer)).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(ends->reader), "");
}

} // namespace

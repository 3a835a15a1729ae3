// Who owns a child: moves, detaching, destroying.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::child;
using windpipe::null;
using windpipe::piped;

TEST(child_lifetime, moves_with_its_ends) {
    auto started = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(started);
    const std::uint32_t id = started->pid();
    EXPECT_NE(id, 0U);
    child moved = std::move(*started);
    EXPECT_FALSE(*started);
    EXPECT_FALSE(started->in.is_open());
    EXPECT_EQ(started->pid(), 0U);
    EXPECT_EQ(moved.pid(), id);
    child assigned;
    assigned = std::move(moved);
    EXPECT_FALSE(moved);
    ASSERT_OK(assigned.in.write("still there"));
    assigned.in.close();
    EXPECT_EQ(rest_of(assigned.out), "still there");
    EXPECT_TRUE(exited_with(assigned.wait(), 0));
}

TEST(child_lifetime, survives_assignment_to_itself) {
    auto started = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(started);
    child& same = *started;
    *started = std::move(same);
    ASSERT_TRUE(static_cast<bool>(*started));
    started->in.close();
    EXPECT_TRUE(exited_with(started->wait(), 0));
}

TEST(child_lifetime, lives_in_containers) {
    std::vector<child> children;
    for (int i = 0; i < 8; ++i) {
        auto started = child_command("cat").in(piped).out(piped).spawn();
        ASSERT_OK(started);
        children.push_back(std::move(*started)); // reallocates: moves
    }
    for (child& each : children) {
        ASSERT_OK(each.in.write("x"));
        each.in.close();
        EXPECT_EQ(rest_of(each.out), "x");
        EXPECT_TRUE(exited_with(each.wait(), 0));
    }
}

TEST(child_lifetime, ends_with_the_object) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    {
        auto child = child_command("sleep_forever").in(null).out(std::move(ends->writer)).spawn();
        ASSERT_OK(child);
    }
    EXPECT_EQ(rest_of(ends->reader), "") << "nobody holds the write end any more";
}

TEST(child_lifetime, goes_on_after_detach_with_our_ends_open) {
    auto started = child_command("cat").in(piped).out(piped).spawn();
    ASSERT_OK(started);
    started->detach();
    EXPECT_FALSE(*started);
    EXPECT_TRUE(failed(started->wait(), "wait", std::errc::no_child_process));
    ASSERT_OK(started->in.write("alone"));
    started->in.close();
    EXPECT_EQ(rest_of(started->out), "alone");
}

TEST(child_lifetime, goes_on_after_detach_and_the_end_of_the_object) {
    std::optional<windpipe::pipe_writer> in;
    std::optional<windpipe::pipe_reader> out;
    {
        auto started = child_command("cat").in(piped).out(piped).spawn();
        ASSERT_OK(started);
        in = std::move(started->in);
        out = std::move(started->out);
        started->detach();
    }
    ASSERT_OK(in->write("alone"));
    in->close();
    EXPECT_EQ(rest_of(*out), "alone");
}

TEST(child_lifetime, leaves_no_handle_behind) {
    const auto live_through_all = [] {
        auto waited = child_command("cat").in(piped).out(piped).err(piped).spawn();
        auto destroyed = child_command("cat").in(piped).out(piped).err(piped).spawn();
        auto killed = child_command("cat").in(piped).out(piped).err(piped).spawn();
        ASSERT_OK(waited);
        ASSERT_OK(destroyed);
        ASSERT_OK(killed);
        waited->in.close();
        EXPECT_TRUE(exited_with(waited->wait(), 0));
        EXPECT_OK(killed->kill());
    };
    live_through_all(); // what the library keeps for good is there now
    const expect_nothing_leaked watch;
    for (int i = 0; i < 5; ++i) {
        live_through_all();
    }
}

} // namespace

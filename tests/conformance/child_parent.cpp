// Children that die with their parent, however that dies, and with nothing else of it.
#include "helpers/processes.hpp"

#include "support/foreign.hpp"
#include "support/lost_process.hpp"
#include "support/native.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::null;
using windpipe::piped;

/// A parent, started without windpipe, whose child ends by nothing but a kill.
struct mortal_parent {
    explicit mortal_parent(const std::string& way)
        : process(child_program("start_one"), {way, child_program("hold_open"), "ever"},
                  {.out = inheritable_copy(output.writer.native_handle()).get()}) {
        output.writer.close();
        EXPECT_TRUE(line_of(output.reader).starts_with("starting"));
    }
    windpipe::pipe_ends output = windpipe::or_throw(windpipe::make_pipe());
    foreign_child process;
};

class parent_killed : public testing::TestWithParam<std::string> {};

TEST_P(parent_killed, takes_its_child_along) {
    mortal_parent parent(GetParam());
    EXPECT_EQ(line_of(parent.output.reader), "ready\n");
    parent.process.kill();
    EXPECT_EQ(rest_of(parent.output.reader), "") << "nobody holds the write end any more";
}

TEST_P(parent_killed, takes_its_child_along_also_while_it_starts_it) {
    if (keeps_handles_of_the_half_started()) {
        GTEST_SKIP() << "Wine may keep the handles of a process whose parent is killed while it starts it";
    }
    for (int i = 0; i < 20; ++i) {
        mortal_parent parent(GetParam());
        parent.process.kill();
        const std::string said = rest_of(parent.output.reader); // ends: nobody holds the write end any more
        EXPECT_TRUE(said.empty() || said == "ready\n") << said;
    }
}

INSTANTIATE_TEST_SUITE_P(each, parent_killed, testing::Values("keep", "thread", "detach"),
                         [](const auto& info) { return info.param; });

TEST(child_parent, whose_thread_ends_keeps_the_child_it_has_started) {
    windpipe::result<windpipe::child> child = windpipe::child();
    std::thread([&] { child = child_command("cat").in(piped).out(piped).die_with_parent().spawn(); }).join();
    ASSERT_OK(child);
    ASSERT_OK(child->in.write("alive"));
    child->in.close();
    EXPECT_EQ(rest_of(child->out), "alive");
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(child_parent, can_wait_for_stop_and_let_go_as_of_any_other) {
    auto exits = child_command("exit_with", "3").die_with_parent().spawn();
    auto killed = child_command("sleep_forever").in(null).die_with_parent().spawn();
    auto left = child_command("cat").in(piped).out(piped).die_with_parent().spawn();
    ASSERT_OK(exits);
    ASSERT_OK(killed);
    ASSERT_OK(left);
    EXPECT_TRUE(exited_with(exits->wait(), 3));
    EXPECT_OK(killed->kill());
    EXPECT_TRUE(ended_as(killed->wait(), windpipe::exit_status::signalled(9)));
    left->detach();
    ASSERT_OK(left->in.write("alone"));
    left->in.close();
    EXPECT_EQ(rest_of(left->out), "alone");
}

TEST(child_parent, is_told_of_a_program_that_cannot_be_started) {
    auto started = windpipe::command{"./windpipe_there_is_no_such_program"}.die_with_parent().spawn();
    EXPECT_FAILS(started, no_such_file_or_directory);
}

TEST(child_parent, can_start_such_children_from_many_threads_at_once) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([i] {
            for (int k = 0; k < 5; ++k) {
                const std::string code = std::to_string(10 * i + k);
                auto child = child_command("exit_with", code).die_with_parent().spawn();
                ASSERT_OK(child);
                EXPECT_TRUE(exited_with(child->wait(), static_cast<std::uint32_t>(10 * i + k)));
            }
        });
    }
}

} // namespace

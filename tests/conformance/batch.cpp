// Many children started by one call: as if one by one, whatever becomes of the others.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::command;
using windpipe::piped;
using windpipe::spawn_all;

TEST(batch, gives_the_children_in_the_order_of_their_commands) {
    std::vector<command> commands;
    for (int code = 0; code < 20; ++code) {
        commands.push_back(child_command("exit_with", std::to_string(code)));
    }
    auto started = spawn_all(commands);
    ASSERT_OK(started);
    ASSERT_EQ(started->size(), commands.size());
    for (std::uint32_t code = 0; code < 20; ++code) {
        ASSERT_OK((*started)[code]);
        EXPECT_TRUE(exited_with((*started)[code]->wait(), code));
    }
}

TEST(batch, has_all_of_its_children_at_the_same_time) {
    std::vector<command> commands;
    for (int i = 0; i < 12; ++i) {
        commands.push_back(child_command("cat").in(piped).out(piped));
    }
    auto started = spawn_all(commands);
    ASSERT_OK(started);
    std::set<std::uint32_t> ids;
    for (auto& child : *started) {
        ASSERT_OK(child);
        EXPECT_TRUE(still_running(*child));
        ids.insert(child->pid());
    }
    EXPECT_EQ(ids.size(), commands.size());
    for (auto& child : *started) {
        ASSERT_OK(child->in.write("x"));
        child->in.close();
        EXPECT_EQ(rest_of(child->out), "x") << "no other child holds its pipes";
        EXPECT_TRUE(exited_with(child->wait(), 0));
    }
}

TEST(batch, loses_nobody_because_another_could_not_be_started) {
    for (const std::size_t broken : {0U, 3U, 7U}) {
        std::vector<command> commands;
        for (std::size_t i = 0; i < 8; ++i) {
            commands.push_back(i == broken ? command{"./windpipe_there_is_no_such_program"}
                                           : child_command("exit_with", std::to_string(i)));
        }
        auto started = spawn_all(commands);
        ASSERT_OK(started);
        for (std::size_t i = 0; i < 8; ++i) {
            if (i == broken) {
                EXPECT_FAILS((*started)[i], no_such_file_or_directory);
            } else {
                ASSERT_OK((*started)[i]);
                EXPECT_TRUE(exited_with((*started)[i]->wait(), static_cast<std::uint32_t>(i)));
            }
        }
    }
}

TEST(batch, may_be_empty_or_of_one) {
    auto none = spawn_all({});
    ASSERT_OK(none);
    EXPECT_TRUE(none->empty());
    command only = child_command("exit_with", "7");
    auto one = spawn_all({&only, 1});
    ASSERT_OK(one);
    ASSERT_EQ(one->size(), 1U);
    ASSERT_OK(one->front());
    EXPECT_TRUE(exited_with(one->front()->wait(), 7));
}

TEST(batch, uses_up_the_ends_it_was_given) {
    std::vector<command> commands;
    std::vector<windpipe::pipe_reader> outputs;
    for (int i = 0; i < 6; ++i) {
        auto ends = windpipe::make_pipe();
        ASSERT_OK(ends);
        commands.push_back(child_command("two_voices", std::to_string(i), "").out(std::move(ends->writer)));
        outputs.push_back(std::move(ends->reader));
    }
    auto started = spawn_all(commands);
    ASSERT_OK(started);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        EXPECT_EQ(rest_of(outputs[i]), std::to_string(i));
    }
}

TEST(batch, leaves_nothing_behind) {
    const auto start_some = [] {
        std::vector<command> commands;
        for (int i = 0; i < 8; ++i) {
            commands.push_back(child_command("sleep_forever").in(piped).out(piped));
        }
        EXPECT_OK(spawn_all(commands)); // their destructors end them
    };
    start_some(); // what the system keeps for good is there now
    const expect_nothing_leaked watch;
    start_some();
}

} // namespace

// Who holds the other end of a pipe: found, named in the message of a timeout and in the result of a run.
#include "helpers/processes.hpp"

#include "support/accounts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using namespace std::chrono_literals;
using windpipe::holder_list;
using windpipe::holders;
using windpipe::null;
using windpipe::piped;

std::string program_name(std::string_view child) { return std::string(child) + (on_windows ? ".exe" : ""); }

std::set<std::uint32_t> processes(const holder_list& found) {
    std::set<std::uint32_t> ids;
    std::ranges::transform(found.known, std::inserter(ids, ids.end()), &windpipe::holder::pid);
    return ids;
}

template <class Handle>
std::uint64_t value_of(Handle handle) {
    if constexpr (std::is_pointer_v<Handle>) {
        return reinterpret_cast<std::uintptr_t>(handle);
    } else {
        return static_cast<std::uint64_t>(handle);
    }
}

TEST(holders, of_a_write_end_are_found_from_the_read_end) {
    auto child = child_command("hold_open").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    EXPECT_EQ(line_of(child->out), "ready\n");
    const auto found = holders(child->out);
    ASSERT_OK(found);
    ASSERT_EQ(found->known.size(), 1U) << found->text();
    EXPECT_EQ(found->known[0].pid, child->pid());
    EXPECT_EQ(found->known[0].name, program_name("hold_open"));
    EXPECT_TRUE(on_windows || found->known[0].handle == 1) << found->text();
}

TEST(holders, of_a_read_end_are_found_from_the_write_end) {
    auto child = child_command("sleep_forever").in(piped).out(null).spawn();
    ASSERT_OK(child);
    const auto found = holders(child->in);
    ASSERT_OK(found);
    ASSERT_EQ(found->known.size(), 1U) << found->text();
    EXPECT_EQ(found->known[0].pid, child->pid());
    EXPECT_EQ(found->known[0].name, program_name("sleep_forever"));
    EXPECT_TRUE(on_windows || found->known[0].handle == 0) << found->text();
}

TEST(holders, may_be_ourselves) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    const auto of_writer = holders(ends->reader);
    const auto of_reader = holders(ends->writer);
    ASSERT_OK(of_writer);
    ASSERT_OK(of_reader);
    ASSERT_EQ(of_writer->known.size(), 1U) << of_writer->text();
    ASSERT_EQ(of_reader->known.size(), 1U) << of_reader->text();
    EXPECT_EQ(of_writer->known[0].handle, value_of(ends->writer.native_handle()));
    EXPECT_EQ(of_reader->known[0].handle, value_of(ends->reader.native_handle()));
    EXPECT_EQ(of_writer->known[0].pid, of_reader->known[0].pid);
    EXPECT_NE(of_writer->known[0].name, "");
}

TEST(holders, are_counted_by_handle) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    auto second = ends->writer.duplicate();
    ASSERT_OK(second);
    const auto both = holders(ends->reader);
    ASSERT_OK(both);
    EXPECT_EQ(both->known.size(), 2U) << both->text();
    ends->writer.close();
    const auto one = holders(ends->reader);
    ASSERT_OK(one);
    ASSERT_EQ(one->known.size(), 1U) << one->text();
    EXPECT_EQ(one->known[0].handle, value_of(second->native_handle()));
}

TEST(holders, of_one_pipe_are_not_those_of_another) {
    auto held = windpipe::make_pipe();
    auto other = windpipe::make_pipe();
    ASSERT_OK(held);
    ASSERT_OK(other);
    held->writer.close();
    const auto found = holders(held->reader);
    ASSERT_OK(found);
    EXPECT_TRUE(found->known.empty()) << found->text();
    EXPECT_EQ(found->text(), found->complete ? "nobody" : "somebody unknown");
}

TEST(holders, are_named_by_the_one_who_was_left_behind) {
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    auto child = child_command("leave_holder").in(std::move(held->reader)).out(piped).spawn();
    ASSERT_OK(child);
    const std::string id = line_of(child->out);
    EXPECT_TRUE(exited_with(child->wait(), 0));
    const auto found = holders(child->out);
    ASSERT_OK(found);
    EXPECT_EQ(processes(*found), (std::set{static_cast<std::uint32_t>(std::stoul(id))})) << found->text();
    EXPECT_NE(found->text().find("pid " + id.substr(0, id.size() - 1)), std::string::npos) << found->text();
    held->writer.close();
    EXPECT_EQ(rest_of(child->out), "");
    const auto none = holders(child->out);
    ASSERT_OK(none);
    EXPECT_TRUE(none->known.empty()) << none->text();
}

TEST(holders, of_a_closed_end_are_refused) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    ends->reader.close();
    EXPECT_TRUE(failed(holders(ends->reader), "find holders", std::errc::bad_file_descriptor));
    EXPECT_FAILS(holders(windpipe::pipe_writer()), bad_file_descriptor);
}

TEST(holders, leave_nothing_behind) {
    auto ends = windpipe::make_pipe();
    ASSERT_OK(ends);
    EXPECT_OK(holders(ends->reader)); // what the system keeps for good is there now
    const expect_nothing_leaked watch;
    for (int i = 0; i < 5; ++i) {
        EXPECT_OK(holders(ends->reader));
        EXPECT_OK(holders(ends->writer));
    }
}

TEST(holders, are_in_the_message_of_a_read_to_the_end_that_runs_out_of_time) {
    auto child = child_command("hold_open").in(piped).out(piped).spawn();
    ASSERT_OK(child);
    std::string got;
    const auto read = child->out.read_to_end(got, windpipe::no_limit, {.until = 50ms});
    ASSERT_FAILS(read, timed_out);
    const std::string message = read.error().message();
    EXPECT_NE(message.find(program_name("hold_open") + " (pid " + std::to_string(child->pid())), std::string::npos)
        << message;
}

TEST(holders, are_in_the_result_of_a_run_that_ran_out_of_time) {
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    const auto done = windpipe::run(child_command("hold_open").in(std::move(held->reader)), {.limit = {.until = 50ms}});
    ASSERT_OK(done);
    ASSERT_EQ(done->ended_by, windpipe::ended_by::timed_out);
    EXPECT_EQ(done->holders.known.size(), 2U) << "its out and its err: " << done->holders.text();
    EXPECT_EQ(processes(done->holders).size(), 1U) << done->holders.text();
    EXPECT_NE(done->text().find(program_name("hold_open") + " (pid "), std::string::npos) << done->text();
    EXPECT_NE(done->text().find(done->status.text()), std::string::npos) << done->text();
}

TEST(holders, are_in_the_result_of_a_run_that_left_them_alive) {
    auto held = windpipe::make_pipe();
    ASSERT_OK(held);
    const auto done = windpipe::run(child_command("leave_holder").in(std::move(held->reader)));
    ASSERT_OK(done);
    ASSERT_TRUE(done->writers_alive);
    const auto id = static_cast<std::uint32_t>(std::stoul(done->out.text()));
    EXPECT_EQ(processes(done->holders), std::set{id}) << done->holders.text();
    EXPECT_TRUE(done->text().starts_with("exited with 0")) << done->text();
    EXPECT_NE(done->text().find("(pid " + std::to_string(id)), std::string::npos) << done->text();
}

TEST(holders, are_not_looked_for_where_a_run_left_none) {
    const auto done = windpipe::run(child_command("two_voices", "o", "e"));
    ASSERT_OK(done);
    EXPECT_TRUE(done->holders.known.empty()) << done->holders.text();
    EXPECT_EQ(done->text(), "exited with 0");
}

} // namespace

// S3: ends given to a child by name, beside its streams: adopted once, checked, and held by nobody else.
#include "helpers/processes.hpp"

#include "support/native.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace windpipe_test;
using windpipe::adopt_reader;
using windpipe::adopt_writer;
using windpipe::make_pipe;
using windpipe::null;
using windpipe::or_throw;
using windpipe::piped;

constexpr const char* variable = "WINDPIPE_ENDS";

/// What a program prints, with the line ends of this system made plain.
std::string lines_of(windpipe::command what) {
    std::string lines = output_of(std::move(what));
    std::erase(lines, '\r');
    return lines;
}

/// The variable as a child gets it that is given a read end by the name "jobs".
std::string variable_of_a_child() {
    auto ends = or_throw(make_pipe());
    const std::string start = std::string(variable) + "=";
    for (std::string& entry :
         parse_counted(output_of(child_command("print_env").give("jobs", std::move(ends.reader))))) {
        if (entry.starts_with(start)) {
            return entry.substr(start.size());
        }
    }
    ADD_FAILURE() << "the child was told of nothing";
    return {};
}

/// A variable of our own environment, for a while.
class in_environment {
public:
    explicit in_environment(const std::string& value) { set_environment(variable, value.c_str()); }
    ~in_environment() { set_environment(variable, nullptr); }
    in_environment(const in_environment&) = delete;
    in_environment& operator=(const in_environment&) = delete;
};

TEST(handover_named, S3_a_child_adopts_the_ends_that_it_was_given) {
    auto jobs = or_throw(make_pipe());
    auto results = or_throw(make_pipe());
    auto child = child_command("adopt_ends", "reader", "jobs", "writer", "results", "copy")
                     .give("results", std::move(results.writer))
                     .give("jobs", std::move(jobs.reader))
                     .in(null)
                     .out(piped)
                     .spawn();
    ASSERT_OK(child);
    ASSERT_OK(jobs.writer.write("through two named ends"));
    jobs.writer.close();
    EXPECT_EQ(rest_of(results.reader), "through two named ends") << "and our copy of the write end is closed";
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(handover_named, any_number_of_ends_in_any_order_come_to_their_names) {
    constexpr std::size_t count = 20;
    std::vector<windpipe::pipe_ends> pipes;
    std::generate_n(std::back_inserter(pipes), count, [] { return or_throw(make_pipe()); });
    std::vector<std::string> words;
    windpipe::command what = child_command("adopt_ends");
    for (std::size_t i = count; i-- > 0;) { // the last made first: on Linux each descriptor is in another one's way
        what.give("pipe-" + std::to_string(i), std::move(pipes[i].writer));
        what.args({"writer", "pipe-" + std::to_string(i), "say", "text " + std::to_string(i)});
    }
    EXPECT_NE(output_of(std::move(what)), "");
    for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(rest_of(pipes[i].reader), "text " + std::to_string(i));
    }
}

TEST(handover_named, an_end_is_adopted_once_and_by_its_direction) {
    auto ends = or_throw(make_pipe());
    const std::string lines = lines_of(child_command("adopt_ends", "writer", "jobs", "reader", "jobs", "reader", "jobs",
                                                     "reader", "other", "reader", "no name")
                                           .give("jobs", std::move(ends.reader)));
    EXPECT_EQ(lines, "jobs: wrong end\njobs adopted\njobs: not given\nother: not given\nno name: wrong end\n");
}

TEST(handover_named, a_process_without_given_ends_has_none_to_adopt) {
    EXPECT_TRUE(failed(adopt_reader("jobs"), "adopt", std::errc::no_such_file_or_directory));
    EXPECT_TRUE(failed(adopt_writer("jobs"), "adopt", std::errc::no_such_file_or_directory));
    EXPECT_TRUE(failed(adopt_writer(""), "adopt", std::errc::invalid_argument));
}

TEST(handover_named, the_rest_stays_when_one_end_is_adopted) {
    auto first = or_throw(make_pipe());
    auto second = or_throw(make_pipe());
    const std::string lines =
        lines_of(child_command("adopt_ends", "writer", "b", "writer", "a", "say", "last", "writer", "b")
                     .give("a", std::move(first.writer))
                     .give("b", std::move(second.writer)));
    EXPECT_EQ(lines, "b adopted\na adopted\nb: not given\n");
    EXPECT_EQ(rest_of(first.reader), "last");
    EXPECT_EQ(rest_of(second.reader), "");
}

TEST(handover_named, S3_a_child_gets_its_list_and_nothing_else) {
    auto jobs = or_throw(make_pipe());
    auto results = or_throw(make_pipe());
    auto unasked = or_throw(make_pipe());
    const std::string names = identity(jobs.reader.native_handle()) + ' ' + identity(results.writer.native_handle());
    const std::string jobs_name = identity(jobs.reader.native_handle());
    const std::string results_name = identity(results.writer.native_handle());
    auto child = child_command("list_handles")
                     .in(piped)
                     .out(piped)
                     .err(piped)
                     .give("jobs", std::move(jobs.reader))
                     .give("results", std::move(results.writer))
                     .spawn();
    ASSERT_OK(child);
    const std::string listed = rest_of(child->out);
    if (on_windows) { // there a process has handles of its own of every kind but this one
        std::size_t pipes = 0;
        for (std::size_t at = listed.find(" pipe "); at != std::string::npos; at = listed.find(" pipe ", at + 1)) {
            ++pipes;
        }
        EXPECT_EQ(pipes, 5U) << listed;
        EXPECT_NE(listed.find(jobs_name), std::string::npos) << listed;
        EXPECT_NE(listed.find(results_name), std::string::npos) << listed;
        return;
    }
    EXPECT_EQ(std::ranges::count(listed, '\n'), 5) << listed;
    EXPECT_NE(listed.find("3 " + jobs_name), std::string::npos) << listed;
    EXPECT_NE(listed.find("4 " + results_name), std::string::npos) << listed;
}

TEST(handover_named, a_grandchild_is_not_told_of_ends_that_are_not_its_own) {
    auto ends = or_throw(make_pipe());
    const std::string printed = output_of(child_command("adopt_ends", "start", child_program("print_env"))
                                              .env("WINDPIPE_WITNESS", "1")
                                              .give("jobs", std::move(ends.reader)));
    EXPECT_NE(printed.find("WINDPIPE_WITNESS"), std::string::npos);
    EXPECT_EQ(printed.find(variable), std::string::npos) << printed;
}

TEST(handover_named, an_end_that_nobody_adopts_is_closed_by_the_end_of_the_child) {
    auto ends = or_throw(make_pipe());
    EXPECT_EQ(output_of(child_command("cat").give("results", std::move(ends.writer))), "");
    EXPECT_EQ(rest_of(ends.reader), "");
}

TEST(handover_named, a_failed_start_keeps_the_ends_and_a_good_one_uses_them_up) {
    auto ends = or_throw(make_pipe());
    std::array<std::byte, 1> byte{};
    auto what = child_command("cat").in(windpipe::from_file{"windpipe_there_is_no_such_file"}).out(null);
    what.give("results", std::move(ends.writer));
    EXPECT_TRUE(failed(what.spawn(), "open stdin", std::errc::no_such_file_or_directory));
    EXPECT_TRUE(
        failed(ends.reader.read_some(byte, {.until = std::chrono::nanoseconds(0)}), "read", std::errc::timed_out))
        << "the write end is still open";
    auto child = std::move(what).in(null).spawn();
    ASSERT_OK(child);
    EXPECT_TRUE(exited_with(child->wait(), 0));
    EXPECT_EQ(rest_of(ends.reader), "");
    EXPECT_TRUE(failed(what.spawn(), "give", std::errc::invalid_argument)); // NOLINT(bugprone-use-after-move)
}

TEST(handover_named, names_that_are_none_or_taken_are_refused) {
    for (const std::string name : {"", "a b", "a;b", "a,b", "{a}"}) {
        auto ends = or_throw(make_pipe());
        auto what = child_command("cat").give(name, std::move(ends.reader));
        EXPECT_TRUE(failed(what.spawn(), "give", std::errc::invalid_argument)) << name;
    }
    auto ends = or_throw(make_pipe());
    auto what = child_command("cat").give("a", std::move(ends.reader)).give("a", std::move(ends.writer));
    EXPECT_TRUE(failed(what.spawn(), "give", std::errc::invalid_argument));
    EXPECT_TRUE(
        failed(child_command("cat").give("a", windpipe::pipe_reader()).spawn(), "give", std::errc::invalid_argument));
}

TEST(handover_named, a_program_without_windpipe_finds_the_number_in_its_arguments) {
    auto ends = or_throw(make_pipe());
    auto other = or_throw(make_pipe());
    auto child = child_command("write_to_number")
                     .give("other", std::move(other.writer))
                     .give("results", std::move(ends.writer))
                     .arg_with_ends("{results}")
                     .arg("{results}") // as it is: this one is no pattern
                     .in(null)
                     .spawn();
    ASSERT_OK(child);
    EXPECT_EQ(rest_of(ends.reader), "{results}");
    EXPECT_EQ(rest_of(other.reader), "");
    EXPECT_TRUE(exited_with(child->wait(), 0));
}

TEST(handover_named, only_names_that_are_given_can_stand_in_an_argument) {
    for (const char* argument : {"{other}", "{", "a}"}) {
        auto ends = or_throw(make_pipe());
        auto what = child_command("cat").give("jobs", std::move(ends.reader)).arg_with_ends(argument);
        EXPECT_TRUE(failed(what.spawn(), "arguments", std::errc::invalid_argument)) << argument;
    }
    EXPECT_EQ(parse_counted(output_of(child_command("print_args").arg_with_ends("{{}}"))).back(), "{}");
}

TEST(handover_named, a_stale_name_is_refused) {
    const in_environment stale(variable_of_a_child()); // as a grandchild would find it, whose ends are not here
    EXPECT_TRUE(failed(adopt_reader("jobs"), "adopt", std::errc::bad_file_descriptor));
    EXPECT_TRUE(failed(adopt_writer("jobs"), "adopt", std::errc::invalid_argument));
}

TEST(handover_named, a_forged_name_is_refused) {
    std::string forged = variable_of_a_child();
    ASSERT_NE(forged, "");
    forged.back() = forged.back() == '0' ? '1' : '0';
    for (const std::string& value : {forged, std::string("jobs"), std::string("jobs,pr,3,0,0,0,0")}) {
        const in_environment made_up(value);
        EXPECT_TRUE(failed(adopt_reader("jobs"), "adopt", std::errc::bad_message)) << value;
    }
}

TEST(handover_named, run_hands_over_too) {
    auto ends = or_throw(make_pipe());
    const auto done = windpipe::run(
        child_command("adopt_ends", "writer", "log", "say", "logged").give("log", std::move(ends.writer)));
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_EQ(rest_of(ends.reader), "logged");
}

} // namespace

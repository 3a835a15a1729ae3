// Every system call of starting, feeding, draining, ending and reaping children fails once, also those that the child
// itself makes before it becomes the program.
#include "each_call.hpp"

#include "conformance/helpers/processes.hpp"
#include "support/accounts.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::command;
using windpipe::null;
using windpipe::or_throw;
using windpipe::piped;

// All of these children end by themselves when their input does: a kill that was failed leaves none behind.

void spawn_with_pipes() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).err(piped).spawn());
    or_throw(child.in.write("through"));
    child.in.close();
    std::string got;
    or_throw(child.out.read_to_end(got));
    EXPECT_EQ(got, "through");
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
}

void spawn_with_files() {
    const scratch_directory scratch;
    write_file(scratch / "input", "from a file");
    auto child = or_throw(child_command("cat_both")
                              .in(windpipe::from_file{utf8(scratch / "input")})
                              .out(windpipe::to_file{utf8(scratch / "output")})
                              .err(windpipe::append_to{utf8(scratch / "log")})
                              .current_dir(utf8(scratch.path()))
                              .spawn());
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
    EXPECT_EQ(read_file(scratch / "output"), "from a file");
    EXPECT_EQ(read_file(scratch / "log"), "from a file");
}

void make_waitables() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    const auto ended = or_throw(windpipe::make_waitable(child));
    auto there = windpipe::make_waitable(child.out);
    if (there || there.error().code != std::errc::operation_not_supported) { // Windows has none
        or_throw(std::move(there));
    }
    child.in.close();
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
}

void spawn_to_die_with_us() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).die_with_parent().spawn());
    child.in.close();
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
}

void spawn_many_at_once() {
    std::vector<command> commands;
    for (int i = 0; i < 2; ++i) {
        commands.push_back(child_command("cat").in(piped).out(piped));
    }
    auto started = or_throw(windpipe::spawn_all(commands));
    for (auto& each : started) {
        auto child = or_throw(std::move(each));
        child.in.close();
        EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
    }
}

void spawn_by_name() {
    const scratch_directory scratch;
    install("exit_with", scratch.path(), "windpipe_probe");
    const auto out = windpipe::our_stderr;
    const auto err = windpipe::our_stdout;
    auto child =
        or_throw(command{"windpipe_probe", "3"}.env("PATH", utf8(scratch.path())).in(null).out(out).err(err).spawn());
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(3));
}

void spawn_with_given_ends() {
    auto feed = or_throw(windpipe::make_pipe());
    auto drain = or_throw(windpipe::make_pipe());
    auto what = child_command("cat").in(std::move(feed.reader)).out(std::move(drain.writer)).err(windpipe::with_stdout);
    auto child = or_throw(what.spawn());
    or_throw(feed.writer.write("given"));
    feed.writer.close();
    std::string got;
    or_throw(drain.reader.read_to_end(got));
    EXPECT_EQ(got, "given");
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
}

void fail_to_spawn() {
    auto started = command{"./windpipe_there_is_no_such_program"}.in(piped).out(piped).spawn();
    if (started) {
        ADD_FAILURE() << "there is no such program";
    } else if (started.error().code != std::errc::no_such_file_or_directory) {
        or_throw(std::move(started));
    }
}

void wait_in_every_way() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    EXPECT_FALSE(or_throw(child.try_wait()));
    auto waited = child.wait({.until = 1ms});
    if (waited) {
        ADD_FAILURE() << "its input is open";
    } else if (waited.error().code != std::errc::timed_out) {
        or_throw(std::move(waited));
    }
    child.in.close();
    EXPECT_EQ(or_throw(child.wait({.until = 1h})), windpipe::exit_status::exited(0));
}

void wait_for_a_tree() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    child.in.close();
    EXPECT_EQ(or_throw(child.wait_tree({.until = 1h})), windpipe::exit_status::exited(0));
}

void kill_and_wait() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    or_throw(child.kill());
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::signalled(9));
}

void stop_one_that_obeys() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    const auto status = or_throw(child.stop(1h));
    EXPECT_FALSE(status.success()) << status.text();
}

void let_the_destructor_end_it() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    or_throw(child.in.write("unread"));
}

void let_it_go() {
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    child.detach();
    child.in.close();
    std::string got;
    or_throw(child.out.read_to_end(got));
}

void run_with_everything() {
    const std::string input(200'000, 'x');
    const auto done = or_throw(windpipe::run(child_command("cat_both"), {.input = input}));
    EXPECT_TRUE(done.success()) << done.status.text();
    EXPECT_TRUE(done.out.head == input);
    EXPECT_TRUE(done.err.head == input);
}

void run_to_its_deadline() {
    auto held = or_throw(windpipe::make_pipe());
    const auto done =
        or_throw(windpipe::run(child_command("cat").in(std::move(held.reader)), {.limit = {.until = 5ms}}));
    EXPECT_EQ(done.ended_by, windpipe::ended_by::timed_out);
}

void read_the_outputs_of_a_child() {
    auto child = or_throw(child_command("cat_both").in(piped).out(piped).err(piped).spawn());
    or_throw(child.in.write("through both"));
    child.in.close();
    const auto all = or_throw(windpipe::read_to_end(child, {.end = windpipe::end_policy::tree_gone()}));
    EXPECT_EQ(all.out.text(), "through both");
    EXPECT_EQ(all.err.text(), "through both");
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::exited(0));
}

void run_a_pipeline() {
    const auto done = or_throw((child_command("cat") | child_command("cat_both")).run({.input = "through both"}));
    EXPECT_TRUE(done.success()) << done.text();
    EXPECT_EQ(done.out.text(), "through both");
    EXPECT_EQ(done.stages.back().err.text(), "through both");
}

void run_a_pipeline_to_its_deadline() {
    auto held = or_throw(windpipe::make_pipe());
    const auto done = or_throw(
        (child_command("cat").in(std::move(held.reader)) | child_command("cat")).run({.limit = {.until = 5ms}}));
    EXPECT_EQ(done.ended_by, windpipe::ended_by::timed_out);
}

void spawn_a_pipeline() {
    auto stages = or_throw((child_command("cat").in(piped) | child_command("cat").out(piped)).spawn());
    or_throw(stages.front().in.write("through both"));
    stages.front().in.close();
    std::string got;
    or_throw(stages.back().out.read_to_end(got));
    EXPECT_EQ(got, "through both");
    for (auto& stage : stages) {
        EXPECT_EQ(or_throw(stage.wait()), windpipe::exit_status::exited(0));
    }
}

const std::vector<std::pair<const char*, operation>>& process_operations() {
    static const std::vector<std::pair<const char*, operation>> all{
        {"spawn_with_pipes", spawn_with_pipes},
        {"spawn_with_files", spawn_with_files},
        {"make_waitables", make_waitables},
        {"spawn_to_die_with_us", spawn_to_die_with_us},
        {"spawn_many_at_once", spawn_many_at_once},
        {"spawn_by_name", spawn_by_name},
        {"spawn_with_given_ends", spawn_with_given_ends},
        {"fail_to_spawn", fail_to_spawn},
        {"wait_in_every_way", wait_in_every_way},
        {"wait_for_a_tree", wait_for_a_tree},
        {"kill_and_wait", kill_and_wait},
        {"stop_one_that_obeys", stop_one_that_obeys},
        {"let_the_destructor_end_it", let_the_destructor_end_it},
        {"let_it_go", let_it_go},
        {"run_with_everything", run_with_everything},
        {"run_to_its_deadline", run_to_its_deadline},
        {"read_the_outputs_of_a_child", read_the_outputs_of_a_child},
        {"run_a_pipeline", run_a_pipeline},
        {"run_a_pipeline_to_its_deadline", run_a_pipeline_to_its_deadline},
        {"spawn_a_pipeline", spawn_a_pipeline},
    };
    return all;
}

class process_faults : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {};

TEST_P(process_faults, are_errors_that_leave_nothing_behind) {
    const auto& [name, tried] = process_operations().at(std::get<0>(GetParam()));
    const std::size_t before = children();
    let_it_go(); // what the library makes for the first child that is let go, it keeps
    while (children() > before) {
        std::this_thread::yield();
    }
    // A child that nobody could be found to reap is reaped by the next start.
    const bool lets_go = std::string_view(name).starts_with("let_");
    fail_each_call(tried, usual_codes().at(std::get<1>(GetParam())), lets_go ? spawn_with_pipes : operation());
}

INSTANTIATE_TEST_SUITE_P(each, process_faults,
                         testing::Combine(testing::Range(std::size_t{0}, process_operations().size()),
                                          testing::Range(std::size_t{0}, usual_codes().size())),
                         [](const auto& info) {
                             return std::string(process_operations().at(std::get<0>(info.param)).first) +
                                    "_with_error_" + std::to_string(usual_codes().at(std::get<1>(info.param)));
                         });

} // namespace

} // namespace windpipe_test::faults

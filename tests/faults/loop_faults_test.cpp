// Every system call of what is done on a loop fails once.
#include "each_call.hpp"

#include "conformance/helpers/on_loop.hpp"
#include "support/children.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::loop;
using windpipe::or_throw;
using windpipe::piped;
using windpipe::task;

void make_and_turn() {
    auto made = or_throw(loop::make());
    bool called = false;
    made.post([&] { called = true; });
    or_throw(made.run());
    EXPECT_TRUE(called);
}

task<> expect_text(loop& on, windpipe::pipe_reader& from, std::string text) {
    EXPECT_EQ(or_throw(co_await read_text_on(on, from, {.until = 1h})), text);
}

void wait_for_data() {
    auto on = or_throw(loop::make());
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    on.spawn(expect_text(on, reader, "first"));
    (void)or_throw(on.run_until(1ms));
    or_throw(on.run(write_on(on, writer, "first")));
    or_throw(on.run());
    on.spawn(expect_text(on, reader, ""));
    (void)or_throw(on.run_until(1ms));
    writer.close();
    or_throw(on.run());
}

void wait_for_room() {
    auto on = or_throw(loop::make());
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const std::string much(100'000, 'x');
    const auto feed = [](loop& where, windpipe::pipe_writer& to, const std::string& bytes) -> task<> {
        auto written = co_await where.write(to, bytes);
        to.close(); // the reader ends in any case
        or_throw(std::move(written));
    };
    on.spawn(feed(on, writer, much));
    EXPECT_TRUE(or_throw(on.run(read_all_on(on, reader))) == much);
    or_throw(on.run());
}

void give_up() {
    auto on = or_throw(loop::make());
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    auto got = on.run(read_text_on(on, reader, {.until = 1ms}));
    if (got) {
        ADD_FAILURE() << "nothing was to come";
    } else if (got.error().code != std::errc::timed_out) {
        or_throw(std::move(got));
    }
}

void wait_for_a_child() {
    auto on = or_throw(loop::make());
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    const auto talk = [](loop& where, windpipe::child& who) -> task<> {
        or_throw(co_await where.write(who.in, "through"));
        EXPECT_EQ(or_throw(co_await read_text_on(where, who.out)), "through");
        who.in.close();
        EXPECT_EQ(or_throw(co_await read_text_on(where, who.out)), "");
        EXPECT_EQ(or_throw(co_await where.wait(who)), windpipe::exit_status::exited(0));
    };
    or_throw(on.run(talk(on, child)));
}

void run_on_a_loop() {
    auto on = or_throw(loop::make());
    const std::string input(100'000, 'x');
    const auto done = or_throw(on.run(windpipe::async_run(on, child_command("cat_both"), {.input = input})));
    EXPECT_TRUE(done.success()) << done.status.text();
    EXPECT_TRUE(done.out.head == input);
    EXPECT_TRUE(done.err.head == input);
}

const std::vector<std::pair<const char*, operation>>& loop_operations() {
    static const std::vector<std::pair<const char*, operation>> all{
        {"make_and_turn", make_and_turn},       {"wait_for_data", wait_for_data},
        {"wait_for_room", wait_for_room},       {"give_up", give_up},
        {"wait_for_a_child", wait_for_a_child}, {"run_on_a_loop", run_on_a_loop},
    };
    return all;
}

class loop_faults : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {};

TEST_P(loop_faults, are_errors_that_leave_nothing_behind) {
    fail_each_call(loop_operations().at(std::get<0>(GetParam())).second, usual_codes().at(std::get<1>(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(each, loop_faults,
                         testing::Combine(testing::Range(std::size_t{0}, loop_operations().size()),
                                          testing::Range(std::size_t{0}, usual_codes().size())),
                         [](const auto& info) {
                             return std::string(loop_operations().at(std::get<0>(info.param)).first) + "_with_error_" +
                                    std::to_string(usual_codes().at(std::get<1>(info.param)));
                         });

} // namespace

} // namespace windpipe_test::faults

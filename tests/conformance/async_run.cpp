// async_run(): what run() promises, side by side with others.
#include "helpers/on_loop.hpp"
#include "helpers/processes.hpp"
#include "support/accounts.hpp"
#include "support/pattern.hpp"

#include <windpipe/windpipe.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace windpipe_test {
namespace {

using namespace std::chrono_literals;
using windpipe::end_policy;
using windpipe::ended_by;
using windpipe::or_throw;
using windpipe::result;
using windpipe::run_options;
using windpipe::run_result;

class async_run : public testing::Test {
protected:
    result<run_result> run(windpipe::command what, const run_options& options = {}) {
        return loop_.run(windpipe::async_run(loop_, std::move(what), options));
    }
    windpipe::loop loop_ = make_loop();

private:
    expect_nothing_leaked watch_;
};

TEST_F(async_run, feeds_and_takes_both_outputs) {
    const std::string input = pattern_text(300'000);
    const auto done = run(child_command("cat_both"), {.input = input});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_TRUE(done->out.head == input);
    EXPECT_TRUE(done->err.head == input);
    EXPECT_EQ(done->input_written, input.size());
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_FALSE(done->writers_alive);
    EXPECT_GT(done->usage.wall, 0ns);
}

TEST_F(async_run, without_any_output_or_input_tells_the_status) {
    const auto done = run(child_command("exit_with", "3"));
    ASSERT_OK(done);
    EXPECT_EQ(done->status, windpipe::exit_status::exited(3));
    EXPECT_EQ(done->out.total(), 0U);
}

TEST_F(async_run, keeps_what_the_limits_say_and_shows_all) {
    const std::string input = pattern_text(100'000);
    std::string seen;
    const auto done =
        run(child_command("cat"),
            {.input = input, .out = {.head = 10, .tail = 20}, .on_output = [&](windpipe::output_stream, auto piece) {
                 seen.append(reinterpret_cast<const char*>(piece.data()), piece.size());
             }});
    ASSERT_OK(done);
    EXPECT_EQ(done->out.head, input.substr(0, 10));
    EXPECT_EQ(done->out.tail, input.substr(input.size() - 20));
    EXPECT_EQ(done->out.total(), input.size());
    EXPECT_TRUE(seen == input);
}

TEST_F(async_run, does_not_mind_a_child_that_closes_its_input) {
    const std::string input(1'000'000, 'x');
    const auto done = run(child_command("close_stdin_early"), {.input = input});
    ASSERT_OK(done);
    EXPECT_LT(done->input_written, input.size());
}

TEST_F(async_run, kills_the_child_at_the_deadline_and_keeps_what_came) {
    auto held = or_throw(windpipe::make_pipe());
    or_throw(held.writer.write("before"));
    const auto done = run(child_command("cat").in(std::move(held.reader)), {.limit = {.until = 100ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_FALSE(done->success());
    EXPECT_EQ(done->status, windpipe::exit_status::signalled(9));
}

TEST_F(async_run, kills_the_child_when_a_stop_is_requested) {
    std::stop_source source;
    std::jthread stopper;
    auto held = or_throw(windpipe::make_pipe());
    or_throw(held.writer.write("first"));
    const auto on_output = [&](windpipe::output_stream, auto) {
        stopper = std::jthread([&] { source.request_stop(); });
    };
    const auto done = run(child_command("cat").in(std::move(held.reader)),
                          {.on_output = on_output, .limit = {.stop = source.get_token()}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::canceled);
    EXPECT_EQ(done->out.text(), "first");
    const auto again = run(child_command("cat"), {.limit = {.stop = source.get_token()}});
    ASSERT_OK(again);
    EXPECT_EQ(again->ended_by, ended_by::canceled);
}

TEST_F(async_run, ends_by_its_policy_where_somebody_else_holds_the_output) {
    const auto run_with = [&](end_policy end, const windpipe::wait_limit& limit) {
        auto held = or_throw(windpipe::make_pipe()); // what the holder waits for to end
        return run(child_command("leave_holder").in(std::move(held.reader)), {.end = end, .limit = limit});
    };
    const auto drained = run_with(end_policy::drained(), {});
    ASSERT_OK(drained);
    EXPECT_EQ(drained->ended_by, ended_by::drained);
    EXPECT_TRUE(drained->writers_alive);
    const auto quiet = run_with(end_policy::quiet(5ms), {});
    ASSERT_OK(quiet);
    EXPECT_EQ(quiet->ended_by, ended_by::quiet);
    const auto stream = run_with(end_policy::end_of_stream(), {.until = 1s});
    ASSERT_OK(stream);
    EXPECT_EQ(stream->ended_by, ended_by::timed_out);
}

TEST_F(async_run, of_a_program_that_is_not_there_is_an_error) {
    EXPECT_FAILS(run(windpipe::command{"./windpipe_there_is_no_such_program"}), no_such_file_or_directory);
    EXPECT_FAILS(run(child_command("cat").in(windpipe::null), {.input = "x"}), invalid_argument);
}

TEST_F(async_run, tells_of_lines_as_run_does) {
    std::vector<std::string> heard;
    const auto done =
        run(child_command("cat"),
            {.input = "one\ntwo\nthree", .on_line = [&](auto, const auto& line) { heard.emplace_back(line.text); }});
    ASSERT_OK(done);
    EXPECT_EQ(heard, (std::vector<std::string>{"one", "two", "three"}));
    EXPECT_EQ(done->out.text(), "one\ntwo\nthree");
}

TEST_F(async_run, by_tree_gone_waits_for_a_descendant_that_holds_no_pipe) {
    auto held = or_throw(windpipe::make_pipe());
    auto watch = or_throw(windpipe::make_pipe());
    std::jthread releaser([&] {
        EXPECT_NE(line_of(watch.reader), "\n");
        held.writer.close();
    });
    const auto done =
        run(child_command("leave_holder").in(std::move(held.reader)).out(std::move(watch.writer)).err(windpipe::null),
            {.end = end_policy::tree_gone()});
    ASSERT_OK(done);
    EXPECT_TRUE(done->success());
    EXPECT_EQ(done->ended_by, ended_by::end_of_stream);
    EXPECT_EQ(rest_of(watch.reader), "") << "the tree was waited for";
}

TEST_F(async_run, by_tree_gone_still_heeds_its_deadline) {
    auto held = or_throw(windpipe::make_pipe());
    auto watch = or_throw(windpipe::make_pipe());
    const auto done = run(child_command("leave_holder", "dead").in(std::move(held.reader)).err(std::move(watch.writer)),
                          {.end = end_policy::tree_gone(), .limit = {.until = 100ms}});
    ASSERT_OK(done);
    EXPECT_EQ(done->ended_by, ended_by::timed_out);
    EXPECT_EQ(rest_of(watch.reader), "") << "the tree was killed";
}

TEST_F(async_run, of_many_goes_on_side_by_side) {
    constexpr std::size_t count = 20; // an emulated system starts few in a second; thousands are for tests/linux
    std::vector<result<run_result>> done(count);
    std::vector<std::string> inputs;
    inputs.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        inputs.push_back(pattern_text(10'000 + i));
    }
    for (std::size_t i = 0; i < count; ++i) {
        loop_.spawn(put_down(windpipe::async_run(loop_, child_command("cat"), {.input = inputs[i]}), done[i]));
    }
    ASSERT_OK(loop_.run());
    for (std::size_t i = 0; i < count; ++i) {
        ASSERT_OK(done[i]);
        EXPECT_TRUE(done[i]->success());
        EXPECT_TRUE(done[i]->out.head == inputs[i]);
    }
}

TEST_F(async_run, that_is_destroyed_kills_its_child) {
    auto task = windpipe::async_run(loop_, child_command("sleep_forever"));
    result<run_result> done;
    {
        auto other = make_loop();
        other.spawn(put_down(windpipe::async_run(other, child_command("sleep_forever")), done));
        EXPECT_VALUE(other.run_until(1ms), false);
    }
}

} // namespace
} // namespace windpipe_test

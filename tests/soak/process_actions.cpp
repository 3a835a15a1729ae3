#include "actions.hpp"

#include "conformance/helpers/on_loop.hpp"
#include "support/children.hpp"
#include "support/pattern.hpp"
#include "support/result.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace windpipe_test::soak {

namespace {

using namespace std::chrono_literals;
using windpipe::child;
using windpipe::end_policy;
using windpipe::or_throw;
using windpipe::piped;
using windpipe::run_options;
using enum std::errc;

end_policy some_policy(dice& random) {
    switch (random.below(4)) {
    case 0:
        return end_policy::end_of_stream();
    case 1:
        return end_policy::quiet(random.moment());
    case 2:
        return end_policy::tree_gone();
    default:
        return end_policy::drained();
    }
}

/// One of the ways in which a child that reads its input is got rid of.
void get_rid_of(child& one, dice& random) {
    switch (random.below(6)) {
    case 0:
        EXPECT_TRUE(succeeds_or(one.kill(), {}));
        EXPECT_TRUE(succeeds_or(one.wait(), {}));
        break;
    case 1:
        EXPECT_TRUE(succeeds_or(one.stop(random.moment()), {}));
        break;
    case 2:
        EXPECT_TRUE(succeeds_or(one.wait({.until = random.moment()}), {timed_out}));
        break;
    case 3:
        one.in.close();
        one.out.close();
        one.detach();
        break;
    case 4:
        one.in.close();
        one.out.close();
        EXPECT_TRUE(succeeds_or(one.wait_tree(), {}));
        break;
    default: // the destructor
        break;
    }
}

void talk_and_part(dice& random) {
    auto what = child_command("cat").in(piped).out(piped);
    if (random.one_in(4)) {
        what.die_with_parent();
    }
    auto one = or_throw(what.spawn());
    const std::stop_source stop;
    const auto bytes = pattern(random.size() % 60'000); // less than a pipe holds: nobody else reads
    EXPECT_TRUE(succeeds_or(one.in.write(bytes, {.until = 1s + random.moment()}), {timed_out}));
    std::vector<std::byte> got(1 + random.below(bytes.size() + 1));
    const auto came = one.out.read_some(got, {.until = random.moment()});
    EXPECT_TRUE(succeeds_or(came, {timed_out}));
    EXPECT_EQ(pattern_difference(std::span(got).first(came.value_or(0))), std::nullopt);
    get_rid_of(one, random);
}

void run_one(dice& random) {
    const std::stop_source stop;
    const std::string input = pattern_text(random.size());
    const std::jthread stopper([&stop, after = random.moment()] {
        std::this_thread::sleep_for(after);
        stop.request_stop();
    });
    const auto done = windpipe::run(child_command("cat_both"),
                                    {.input = input, .end = some_policy(random), .limit = random.limit(stop)});
    EXPECT_TRUE(succeeds_or(done, {}));
    if (!done) {
        return;
    }
    EXPECT_TRUE(input.starts_with(done->out.text()));
    EXPECT_TRUE(!done->success() || done->err.text() == input) << done->text();
}

void run_a_pipeline(dice& random) {
    windpipe::pipeline stages;
    for (std::size_t n = 1 + random.below(4); n > 0; --n) {
        stages.add(child_command("cat"));
    }
    const std::string input = pattern_text(random.size());
    const auto done = stages.run({.input = input, .limit = random.limit({})});
    EXPECT_TRUE(succeeds_or(done, {}));
    if (!done) {
        return;
    }
    EXPECT_TRUE(!done->success() || done->out.text() == input) << done->text();
}

void fail_to_start(dice& random) {
    std::vector<windpipe::command> commands;
    const std::size_t size = 1 + random.below(6);
    for (std::size_t n = 0; n < size; ++n) {
        commands.push_back(n % 2 == 0 ? windpipe::command("there is no such program").in(piped).out(piped)
                                      : child_command("exit_with", "0"));
    }
    auto started = or_throw(windpipe::spawn_all(commands));
    for (std::size_t n = 0; n < size; ++n) {
        EXPECT_TRUE(n % 2 == 0 ? fails_with(started[n], no_such_file_or_directory) : succeeds_or(started[n], {}));
    }
}

windpipe::task<> run_on(windpipe::loop& on, std::string input, run_options options, std::string& got) {
    options.input = input;
    const auto done = co_await windpipe::async_run(on, child_command("cat"), options);
    EXPECT_TRUE(succeeds_or(done, {}));
    got = done && done->success() ? done->out.text() : input;
    EXPECT_EQ(got, input);
}

void drive_a_loop(dice& random) {
    std::vector<std::string> outputs(1 + random.below(4));
    auto on = make_loop();
    const std::stop_source stop;
    for (std::string& output : outputs) {
        on.spawn(run_on(on, pattern_text(random.size()), {.limit = random.limit(stop)}, output));
    }
    EXPECT_TRUE(
        succeeds_or(on.run_until(random.one_in(2) ? windpipe::deadline(random.moment()) : windpipe::never), {}));
}

constexpr std::array all{
    action{"talk and part", talk_and_part},   action{"run one", run_one},
    action{"run a pipeline", run_a_pipeline}, action{"fail to start", fail_to_start},
    action{"drive a loop", drive_a_loop},
};

} // namespace

std::span<const action> process_actions() { return all; }

} // namespace windpipe_test::soak

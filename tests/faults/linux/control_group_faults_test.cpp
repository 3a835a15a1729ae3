// Every system call fails once of starting, killing and reaping a child in a control group: the group is done without,
// or it is an error; and none is left behind.
#include "../each_call.hpp"

#include "conformance/helpers/processes.hpp"
#include "linux/control_groups.hpp"
#include "support/accounts.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <thread>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::or_throw;
using windpipe::piped;

windpipe::child start() {
    return or_throw(child_command("cat").in(piped).out(piped).contain(windpipe::containment::strongest).spawn());
}

void wait_for_the_tree() {
    auto child = start();
    child.in.close();
    EXPECT_EQ(or_throw(child.wait_tree({.until = 1h})), windpipe::exit_status::exited(0));
}

void kill_the_tree() {
    auto child = start();
    or_throw(child.kill());
    EXPECT_EQ(or_throw(child.wait()), windpipe::exit_status::signalled(9));
}

void destroy_it() { (void)start(); }

TEST(control_group_faults, leave_no_group_behind) {
    const std::size_t before = children();
    start().detach(); // what the library makes for the first child that is let go, it keeps
    while (children() > before) {
        std::this_thread::yield();
    }
    for (const operation& tried : {operation(wait_for_the_tree), operation(kill_the_tree), operation(destroy_it)}) {
        for (const int code : usual_codes()) {
            fail_each_call(tried, code, wait_for_the_tree); // what could not be removed is, by the next one
        }
    }
    for (const auto& left : control_groups_of_ours()) {
        ADD_FAILURE() << left << " has been left behind";
    }
}

} // namespace

} // namespace windpipe_test::faults

// Every system call of a write that looks for a deadlock fails once: it is found later then, and nothing is left open.
#include "../each_call.hpp"

#include "conformance/helpers/processes.hpp"
#include "linux/child_threads.hpp"
#include "support/pattern.hpp"
#include "support/watchdog.hpp"

#include <windpipe/windpipe.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <system_error>

namespace windpipe_test::faults {

namespace {

using namespace std::chrono_literals;
using windpipe::or_throw;
using windpipe::piped;

TEST(deadlock_faults, are_errors_or_nothing_and_leave_nothing_behind) {
    if (!std::ifstream("/proc/self/syscall")) {
        GTEST_SKIP() << "this kernel does not tell in which system call a thread waits";
    }
    if (threads_of_a_child() > 1) {
        GTEST_SKIP() << "a sanitizer has started a thread in every child: none of them stands still";
    }
    allow(std::chrono::minutes(2)); // each look comes after a tenth of a second
    auto child = or_throw(child_command("cat").in(piped).out(piped).spawn());
    child.in.detect_deadlock();
    const auto write = [&] {
        auto written = child.in.write(pattern_text(1 << 20), {.until = 1h});
        ASSERT_FALSE(written);
        if (written.error().code != std::errc::resource_deadlock_would_occur) {
            or_throw(std::move(written));
        }
    };
    write(); // from now on everything is full
    // A look that fails is no look, whatever the error is.
    fail_each_call(write, usual_codes().front());
}

} // namespace

} // namespace windpipe_test::faults

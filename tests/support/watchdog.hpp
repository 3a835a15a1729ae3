// watchdog.hpp - no test can hang: each one has a time, and one that exceeds it ends the program with a report.
//
// The main() of windpipe_test_support sets the watchdog on every test, so that nobody can forget it.
#pragma once

#include <chrono>
#include <string>

namespace windpipe_test {

/// Says what the calling thread waits for, while it lives: the watchdog's report prints it.
class waiting_for {
public:
    explicit waiting_for(std::string what);
    ~waiting_for();
    waiting_for(const waiting_for&) = delete;
    waiting_for& operator=(const waiting_for&) = delete;
};

/// Gives the running test this much time from now, in place of the usual.
void allow(std::chrono::seconds time);

/// Watches every test from now on. For main().
void install_watchdog();

namespace detail {

/// 60 s; 240 s where programs run in an emulation.
std::chrono::seconds usual_time() noexcept;
/// One line per thread: where it is.
std::string describe_threads();
/// Ends the processes this one has started, so that a test that is given up leaves none behind.
void kill_children() noexcept;

} // namespace detail

} // namespace windpipe_test

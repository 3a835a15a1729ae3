// capture.cpp - run a program with a deadline, feed it, take both of its outputs, and say how it ended.
//
//     capture SECONDS PROGRAM [ARGUMENT...]
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

using windpipe::or_throw;

namespace {

// [ended_by]
std::string_view describe(windpipe::ended_by why) {
    switch (why) {
    case windpipe::ended_by::timed_out:
        return "the deadline passed: it was killed";
    case windpipe::ended_by::canceled:
        return "a stop was requested: it was killed";
    default:
        return "it ended by itself";
    }
}
// [/ended_by]

// [run]
int capture(std::chrono::seconds time, const std::string& program, const std::vector<std::string>& arguments) {
    const auto done = or_throw(windpipe::run(windpipe::command{program, arguments}, // no shell, no quoting
                                             {.input = "one\ntwo\nthree\n",         // any size: it cannot deadlock
                                              .err = {.head = 4096, .tail = 4096},  // keep the ends, count the rest
                                              .limit = {.until = time}}));

    std::cout << done.out.text();
    std::cerr << done.err.text();
    std::cout << "-- " << done.status.text() << "; " << describe(done.ended_by) << '\n';
    if (done.writers_alive) {
        std::cerr << "somebody else still holds its output: more may have been on its way\n";
    }
    return done.success() ? 0 : 1;
}
// [/run]

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: capture SECONDS PROGRAM [ARGUMENT...]\n";
        return 2;
    }
    try {
        return capture(std::chrono::seconds(std::stoi(argv[1])), argv[2], {argv + 3, argv + argc});
    } catch (const std::exception& failed) {
        std::cerr << "capture: " << failed.what() << '\n'; // could not be started: the step, the program, the reason
        return 1;
    }
}

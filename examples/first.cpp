// first.cpp - the whole of a first program: feed three lines to any program and show what it makes of them.
//
//     first PROGRAM [ARGUMENT...]
// [first]
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <iostream>

int main(int argc, char** argv) {
    if (argc < 2) {
        return 2;
    }
    // Starts it, feeds it, takes both of its outputs and waits for it: no thread, no deadlock, a minute at most.
    const auto done = windpipe::run(windpipe::command{argv[1], {argv + 2, argv + argc}},
                                    {.input = "pear\nfig\napple\n", .limit = {.until = std::chrono::minutes(1)}});
    if (!done) { // could not be started: the step, the program, the reason
        std::cerr << done.error().message() << '\n';
        return 1;
    }
    std::cout << done->out.text() << "-- " << done->status.text() << '\n';
    return done->success() ? 0 : 1;
}
// [/first]

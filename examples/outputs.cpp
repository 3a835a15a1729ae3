// outputs.cpp - feed a program by hand, then take all that it writes, to whichever output.
//
//     outputs PROGRAM ARGUMENT...
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

using windpipe::or_throw;
using namespace std::chrono_literals;

namespace {

int take_outputs(const std::string& program, const std::vector<std::string>& arguments) {
    // [outputs]
    windpipe::command what{program, arguments};
    auto child = or_throw(what.in(windpipe::piped).out(windpipe::piped).err(windpipe::piped).spawn());
    or_throw(child.in.write("a question\n", {.until = 1min}));
    child.in.close();

    // What the program has left running in the background gets another 100 ms to say something.
    const auto said =
        or_throw(windpipe::read_to_end(child, {.end = windpipe::end_policy::quiet(100ms), .limit = {.until = 1min}}));
    std::cout << "out: " << said.out.text() << "err: " << said.err.text();
    if (said.writers_alive) {
        std::cout << "its outputs are still held by " << said.holders.text() << '\n';
    }
    const auto status = or_throw(child.stop(10s)); // it has ended, unless the time was over
    // [/outputs]
    return status.success() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: outputs PROGRAM ARGUMENT...\n";
        return 2;
    }
    try {
        return take_outputs(argv[1], {argv + 2, argv + argc});
    } catch (const std::exception& failed) {
        std::cerr << "outputs: " << failed.what() << '\n';
        return 1;
    }
}

// streams.cpp - a program that answers line by line, as a pair of standard streams: for code that takes a std::istream
// or a std::ostream.
//
//     streams PROGRAM QUESTION...
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <utility>

using windpipe::or_throw;

namespace {

// [streams]
int talk(const std::string& program, std::span<char* const> questions) {
    auto child = or_throw(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped).spawn());
    const windpipe::wait_limit limit{.until = std::chrono::minutes(1)};
    windpipe::pipe_ostream to(std::move(child.in), limit);
    windpipe::pipe_istream from(std::move(child.out), limit);
    from.tie(&to); // what was written is sent before an answer is waited for

    std::string answer;
    for (const std::string question : questions) {
        to << question << '\n';
        if (!std::getline(from, answer)) {
            break; // the program has ended, or from.last_error() says what happened
        }
        std::cout << question << " -> " << answer << '\n';
    }
    or_throw(to.close()); // end of stream, by which such programs leave
    return or_throw(child.wait(limit)).success() && !from.bad() ? 0 : 1;
}
// [/streams]

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: streams PROGRAM QUESTION...\n";
        return 2;
    }
    try {
        return talk(argv[1], {argv + 2, argv + argc});
    } catch (const std::exception& failed) {
        std::cerr << "streams: " << failed.what() << '\n';
        return 1;
    }
}

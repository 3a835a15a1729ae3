// interactive.cpp - talk line by line to a program that answers every line with one line, such as bc.
//
//     interactive PROGRAM QUESTION...
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <utility>

using windpipe::or_throw;

namespace {

// [talk]
int talk(const std::string& program, std::span<char* const> questions) {
    auto child = or_throw(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped).spawn());
    windpipe::line_reader answers(std::move(child.out)); // a read gives what is there, not lines
    const windpipe::wait_limit limit{.until = std::chrono::minutes(1)};

    for (const std::string question : questions) {
        or_throw(child.in.write(question + "\n", limit));
        const auto answer = or_throw(answers.next(limit));
        if (!answer) {
            break; // the program has ended
        }
        std::cout << question << " -> " << answer->text << '\n';
    }

    child.in.close(); // end of stream, by which such programs leave
    const auto status = or_throw(child.wait(limit));
    std::cout << "the program " << status.text() << '\n';
    return status.success() ? 0 : 1;
}
// [/talk]

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: interactive PROGRAM QUESTION...\n";
        return 2;
    }
    try {
        return talk(argv[1], {argv + 2, argv + argc});
    } catch (const std::exception& failed) { // with a deadline, an answer that never comes ends here
        std::cerr << "interactive: " << failed.what() << '\n';
        return 1;
    }
}

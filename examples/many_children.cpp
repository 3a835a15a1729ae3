// many_children.cpp - talk to many children at once, in one thread, without an event library.
//
//     many_children COUNT PROGRAM
//
// PROGRAM copies its input to its output, as cat does.
#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <iostream>
#include <string>

using windpipe::or_throw;
using windpipe::task;

namespace {

// [talk]
// One child from its start to its end. Where this waits, the others go on.
task<bool> talk(windpipe::loop& loop, const std::string& program, std::string question) {
    const windpipe::wait_limit limit{.until = std::chrono::minutes(1)};
    auto child = or_throw(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped).spawn());

    or_throw(co_await loop.write(child.in, question, limit));
    child.in.close();

    std::string answer;
    std::array<std::byte, 4096> piece{};
    while (const auto n = or_throw(co_await loop.read_some(child.out, piece, limit))) {
        answer.append(reinterpret_cast<const char*>(piece.data()), n);
    }
    const auto status = or_throw(co_await loop.wait(child, limit));
    co_return status.success() && answer == question;
}
// [/talk]

task<> count(task<bool> answered, int& total) { total += co_await std::move(answered) ? 1 : 0; }

// [loop]
int talk_to_all(int children, const std::string& program) {
    auto loop = or_throw(windpipe::loop::make());
    int answered = 0;
    for (int i = 0; i < children; ++i) {
        loop.spawn(count(talk(loop, program, "I am number " + std::to_string(i)), answered));
    }
    or_throw(loop.run()); // until all of them have ended
    std::cout << answered << " of " << children << " children answered\n";
    return answered == children ? 0 : 1;
}
// [/loop]

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: many_children COUNT PROGRAM\n";
        return 2;
    }
    try {
        return talk_to_all(std::stoi(argv[1]), argv[2]);
    } catch (const std::exception& failed) {
        std::cerr << "many_children: " << failed.what() << '\n';
        return 1;
    }
}

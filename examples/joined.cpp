// joined.cpp - two programs joined by one pipe of the system, as a shell's "first | second" does it.
//
//     joined FIRST SECOND
#include <windpipe/windpipe.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

using windpipe::or_throw;

namespace {

// [join]
int join(const std::string& first_program, const std::string& second_program) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());

    // Each end moves into the command that needs it, and we keep none: when the first program ends, the last copy of
    // the write end is gone, and the second sees end of stream. The bytes never pass through this process.
    auto first = or_throw(windpipe::command{first_program}.out(std::move(writer)).spawn());
    auto second = or_throw(windpipe::command{second_program}.in(std::move(reader)).spawn());

    const auto first_status = or_throw(first.wait());
    const auto second_status = or_throw(second.wait());
    std::cerr << first_program << ' ' << first_status.text() << '\n';
    std::cerr << second_program << ' ' << second_status.text() << '\n';
    return first_status.success() && second_status.success() ? 0 : 1;
}
// [/join]

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: joined FIRST SECOND\n";
        return 2;
    }
    try {
        return join(argv[1], argv[2]);
    } catch (const std::exception& failed) {
        std::cerr << "joined: " << failed.what() << '\n';
        return 1;
    }
}

// branch.cpp - gives what one program writes to two others.
//
//     branch PROGRAM PROGRAM PROGRAM
#include <windpipe/tee.hpp>
#include <windpipe/windpipe.hpp>

#include <exception>
#include <iostream>
#include <string>

using windpipe::or_throw;

namespace {

// [branch]
int branch(const std::string& source, const std::string& first_program, const std::string& second_program) {
    auto from = or_throw(windpipe::command{source}.out(windpipe::piped).spawn());
    auto first = or_throw(windpipe::command{first_program}.in(windpipe::piped).spawn());
    auto second = or_throw(windpipe::command{second_program}.in(windpipe::piped).spawn());

    windpipe::tee_progress progress;
    auto moved = windpipe::tee(from.out, first.in, second.in, progress); // to the end of the stream
    while (!moved && moved.error().code == std::errc::broken_pipe &&
           !(progress.first_has_left && progress.second_has_left)) {
        moved = windpipe::tee(from.out, first.in, second.in, progress); // one has had enough; the other goes on
    }
    first.in.close();
    second.in.close();
    from.out.close();
    const bool success = or_throw(first.wait()).success() && or_throw(second.wait()).success();
    return success && moved ? 0 : 1;
}
// [/branch]

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: branch PROGRAM PROGRAM PROGRAM\n";
        return 2;
    }
    try {
        return branch(argv[1], argv[2], argv[3]);
    } catch (const std::exception& failed) {
        std::cerr << "branch: " << failed.what() << '\n';
        return 1;
    }
}

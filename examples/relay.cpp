// relay.cpp - stands between two programs, and moves the bytes of the first to the second.
//
//     relay PROGRAM PROGRAM
#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <exception>
#include <iostream>
#include <string>

using windpipe::or_throw;

namespace {

// [relay]
int relay(const std::string& first_program, const std::string& second_program) {
    auto first = or_throw(windpipe::command{first_program}.out(windpipe::piped).spawn());
    auto second = or_throw(windpipe::command{second_program}.in(windpipe::piped).spawn());

    const auto moved = or_throw(windpipe::transfer(first.out, second.in)); // to the end of the stream
    second.in.close();                                                     // which the second program shall see, too

    const bool success = or_throw(first.wait()).success() && or_throw(second.wait()).success();
    std::cerr << moved << " bytes have passed\n";
    return success ? 0 : 1;
}
// [/relay]

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: relay PROGRAM PROGRAM\n";
        return 2;
    }
    try {
        return relay(argv[1], argv[2]);
    } catch (const std::exception& failed) {
        std::cerr << "relay: " << failed.what() << '\n';
        return 1;
    }
}

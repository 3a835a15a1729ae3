// relay.cpp - stands between two programs, and moves the bytes of the first to the second.
//
//     relay PROGRAM PROGRAM
#include <windpipe/transfer.hpp>
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <string>

using windpipe::or_throw;

namespace {

long long in_ms(std::chrono::nanoseconds time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

// [relay]
int relay(const std::string& first_program, const std::string& second_program) {
    auto first = or_throw(windpipe::command{first_program}.out(windpipe::piped).spawn());
    auto second = or_throw(windpipe::command{second_program}.in(windpipe::piped).spawn());

    or_throw(first.out.enable_counters());
    or_throw(second.in.enable_counters());

    const auto moved = or_throw(windpipe::transfer(first.out, second.in)); // to the end of the stream
    second.in.close();                                                     // which the second program shall see, too

    const bool success = or_throw(first.wait()).success() && or_throw(second.wait()).success();
    std::cerr << moved << " bytes have passed; " << in_ms(first.out.counters().waited) << " ms were spent waiting for "
              << first_program << ", " << in_ms(second.in.counters().waited) << " ms for " << second_program << '\n';
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

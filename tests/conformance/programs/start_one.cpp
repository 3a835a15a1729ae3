// start_one.cpp - prints a line, starts a program that dies with us, with our three streams, and waits for ever:
// `start_one WAY PROGRAM ARGUMENTS...`
//
// WAY:  keep    as it is
//       thread  started by a thread that ends before anything else happens
//       detach  detached
#include <windpipe/windpipe.hpp>

#include <cstdio>
#include <string_view>
#include <thread>

int main(int argc, char** argv) {
    if (argc < 3) {
        return 99;
    }
    const std::string_view way = argv[1];
    windpipe::command what(argv[2]);
    for (int i = 3; i < argc; ++i) {
        what.arg(argv[i]);
    }
    // In a group of its own: what ends it is not that we were killed as a group.
    what.contain(windpipe::containment::tree).die_with_parent();
    std::puts("starting");
    std::fflush(stdout);
    windpipe::result<windpipe::child> child = windpipe::child();
    if (way == "thread") {
        std::thread([&] { child = what.spawn(); }).join();
    } else {
        child = what.spawn();
    }
    if (!child) {
        std::fprintf(stderr, "%s\n", child.error().message().c_str());
        return 97;
    }
    if (way == "detach") {
        child->detach();
    }
    auto never = windpipe::make_pipe();
    std::byte byte{};
    return never && never->reader.read_some({&byte, 1}) ? 0 : 98;
}

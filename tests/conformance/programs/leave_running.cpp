// leave_running.cpp - starts a program with our three streams and exits while it runs:
// `leave_running [--write N] PROGRAM ARGUMENTS...`. With --write it writes N bytes of pattern to stdout before it
// exits.
#include "support/pattern.hpp"

#include <windpipe/windpipe.hpp>

#include <cstdio>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
    if (argc < 2) {
        return 99;
    }
    const bool writes = std::string_view(argv[1]) == "--write";
    const int program = writes ? 3 : 1;
    if (program >= argc) {
        return 99;
    }
    windpipe::command what(argv[program]);
    for (int i = program + 1; i < argc; ++i) {
        what.arg(argv[i]);
    }
    auto child = what.spawn();
    if (!child) {
        std::fprintf(stderr, "%s\n", child.error().message().c_str());
        return 97;
    }
    child->detach();
    if (!writes) {
        return 0;
    }
    auto out = windpipe::take_stdout();
    return out && out->write(windpipe_test::pattern_text(std::stoul(argv[2]))) ? 0 : 98;
}

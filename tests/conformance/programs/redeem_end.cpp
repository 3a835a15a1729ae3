// redeem_end.cpp - redeems the token that is the first line of stdin: `redeem_end reader` copies what comes to stdout,
// `redeem_end writer` writes "from an unrelated process". Prints what failed to stderr, and exits 1.
#include <windpipe/windpipe.hpp>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using windpipe::or_throw;

void redeem(std::string_view end, const std::string& token) {
    if (end == "writer") {
        or_throw(or_throw(windpipe::redeem_writer(token)).write("from an unrelated process"));
        return;
    }
    auto reader = or_throw(windpipe::redeem_reader(token));
    auto out = or_throw(windpipe::take_stdout());
    or_throw(windpipe::transfer(reader, out));
}

} // namespace

int main(int argc, char** argv) {
    try {
        std::string token;
        std::getline(std::cin, token);
        redeem(argc > 1 ? argv[1] : "", token);
        return 0;
    } catch (const windpipe::failure& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 1;
    }
}

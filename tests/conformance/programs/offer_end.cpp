// offer_end.cpp - offers the write end of a pipe, prints the token, and the word "redeemed" when it has been; then
// copies what comes through the pipe to stdout.
#include <windpipe/windpipe.hpp>

#include <cstdio>

using windpipe::or_throw;

int main() {
    try {
        auto [reader, writer] = or_throw(windpipe::make_pipe());
        auto out = or_throw(windpipe::take_stdout());
        const auto offer = or_throw(windpipe::offer::make(std::move(writer), {.valid_for = std::chrono::hours(1)}));
        or_throw(out.write(offer.token() + "\n"));
        or_throw(offer.wait());
        or_throw(out.write("redeemed\n"));
        or_throw(windpipe::transfer(reader, out));
        return 0;
    } catch (const windpipe::failure& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 1;
    }
}

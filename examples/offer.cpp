// offer.cpp - an end for a process that runs already and did not inherit it. The program starts itself as the other
// process, and tells it the token by its standard input; a file, a socket or a person would do as well.
#include <windpipe/windpipe.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

using windpipe::or_throw;

namespace {

// [redeem]
int redeem() {
    std::string token;
    std::getline(std::cin, token);
    auto results = or_throw(windpipe::redeem_writer(token)); // for us alone: a token is good for one end, once
    or_throw(results.write("a word from a process that did not inherit this pipe"));
    return 0;
}
// [/redeem]

// [offer]
int offer(windpipe::child& other) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());

    // The end moves into the offer. Whoever of our user has the token gets it, if that is within a minute.
    const auto offered = or_throw(windpipe::offer::make(std::move(writer)));
    or_throw(other.in.write(offered.token() + "\n"));
    const bool came = or_throw(offered.wait()) == other.pid();

    std::string result; // we have no copy of the write end any more: it ends when the other process has done with it
    or_throw(reader.read_to_end(result));
    std::cout << result << '\n';
    return came && or_throw(other.wait()).success() ? 0 : 1;
}
// [/offer]

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 2 && std::string_view(argv[1]) == "--redeem") {
            return redeem();
        }
        auto other = or_throw(windpipe::command{argv[0], "--redeem"}.in(windpipe::piped).spawn());
        return offer(other);
    } catch (const std::exception& failed) {
        std::cerr << "offer: " << failed.what() << '\n';
        return 1;
    }
}

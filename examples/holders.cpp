// Asks who keeps the end of a stream from coming: `holders PROGRAM`, a program that runs as long as its input is open.
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace {

// [ask]
/// Reads all that a child writes, or says why that does not end.
void read_all(windpipe::child& from, const windpipe::wait_limit& limit) {
    std::string text;
    const auto read = from.out.read_to_end(text, windpipe::no_limit, limit);
    if (read) {
        std::cout << "the stream has ended after " << *read << " bytes\n";
        return;
    }
    std::cerr << read.error().message() << '\n'; // it names the holders, too
    for (const windpipe::holder& who : windpipe::or_throw(windpipe::holders(from.out)).known) {
        std::cout << (who.pid == from.pid() ? "the child itself" : who.name) << " holds the write end\n";
    }
}
// [/ask]

} // namespace

int main(int argc, char** argv) try {
    using namespace std::chrono_literals;
    if (argc != 2) {
        std::cerr << "usage: holders PROGRAM\n";
        return 2;
    }
    auto child = windpipe::or_throw(
        windpipe::command{argv[1]}.in(windpipe::piped).out(windpipe::piped).err(windpipe::null).spawn());
    read_all(child, {.until = 50ms});
    child.in.close();
    read_all(child, {.until = 1min});
    return 0;
} catch (const windpipe::failure& failed) {
    std::cerr << failed.what() << '\n';
    return 1;
}

// main.cpp - somebody else's program: it needs every layer of the library, and knows nothing of how that was built.
#include <windpipe/windpipe.hpp>

#include <cstdio>
#include <string>
#include <string_view>

namespace {

int tell_parent() {
    std::fputs("from the child", stdout);
    return 0;
}

std::string through_a_pipe(std::string_view text) {
    auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    windpipe::or_throw(writer.write(text));
    writer.close();
    std::string received;
    windpipe::or_throw(reader.read_to_end(received));
    return received;
}

} // namespace

int main(int argc, char** argv) {
    if (argc > 1) {
        return tell_parent();
    }
    const auto done = windpipe::or_throw(windpipe::run(windpipe::command{argv[0], "child"}));
    const bool good = done.success() && done.out.text() == "from the child" && through_a_pipe("pipe") == "pipe";
    std::puts(good ? "the consumer works" : "the consumer does not work");
    return good ? 0 : 1;
}

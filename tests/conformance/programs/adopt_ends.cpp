// adopt_ends.cpp - adopts the ends it was given by name, and does as its arguments say, one after the other:
//
//   reader NAME, writer NAME   adopts; prints "NAME adopted" or "NAME: " and the reason in two words
//   say TEXT                   writes TEXT to the writer adopted last
//   copy                       copies from the reader adopted last to the writer adopted last, to the end of stream
//   start PROGRAM              starts this program by windpipe, with our three streams, and waits for it
#include <windpipe/windpipe.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

namespace {

windpipe::pipe_reader reader;
windpipe::pipe_writer writer;

const char* reason(const std::error_code& code) {
    return code == std::errc::no_such_file_or_directory ? "not given"
           : code == std::errc::invalid_argument        ? "wrong end"
           : code == std::errc::bad_file_descriptor     ? "not here"
           : code == std::errc::bad_message             ? "not genuine"
                                                        : "something else";
}

template <class End>
void adopted(std::string_view name, windpipe::result<End> end, End& into) {
    const std::string line = std::string(name) + (end ? " adopted" : std::string(": ") + reason(end.error().code));
    std::puts(line.c_str());
    std::fflush(stdout);
    if (end) {
        into = std::move(*end);
    }
}

void copy() {
    std::array<std::byte, 4096> part{};
    while (const std::size_t n = windpipe::or_throw(reader.read_some(part))) {
        windpipe::or_throw(writer.write(windpipe::const_buffer(part).first(n)));
    }
}

void act(std::string_view what, std::string_view with) {
    if (what == "reader") {
        adopted(with, windpipe::adopt_reader(with), reader);
    } else if (what == "writer") {
        adopted(with, windpipe::adopt_writer(with), writer);
    } else if (what == "say") {
        windpipe::or_throw(writer.write(with));
    } else if (what == "start") {
        auto child = windpipe::or_throw(windpipe::command{with}.spawn());
        windpipe::or_throw(child.wait());
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        for (int i = 1; i < argc; ++i) {
            if (std::string_view(argv[i]) == "copy") {
                copy();
            } else if (i + 1 < argc) {
                act(argv[i], argv[i + 1]);
                ++i;
            }
        }
        return 0;
    } catch (const windpipe::failure& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 97;
    }
}

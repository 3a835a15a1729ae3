// traced.cpp - does one thing between two calls of getppid(2), for a tracer to count: `traced WHAT [PROGRAM]`
//
// WHAT: nothing, write, read, gather, write_and_read (each 100 times), spawn (PROGRAM, once, no pipes).
#include <windpipe/windpipe.hpp>

#include <array>
#include <span>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using windpipe::or_throw;

constexpr int times = 100;

void mark() { ::syscall(SYS_getppid); }

int trace_spawn(const char* program) {
    windpipe::command what(program, "0");
    what.in(windpipe::null).out(windpipe::null);
    or_throw(or_throw(what.spawn()).wait()); // what is made once is made
    mark();
    auto child = or_throw(what.spawn());
    mark();
    return or_throw(child.wait()).success() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "nothing";
    if (what == "spawn") {
        return argc > 2 ? trace_spawn(argv[2]) : 99;
    }
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    std::array<std::byte, 8> bytes{};
    const std::array<windpipe::const_buffer, 3> pieces{bytes, bytes, bytes};
    or_throw(writer.write(bytes));
    or_throw(reader.read(bytes)); // what is found out once is known
    for (int i = 0; what == "read" && i < times; ++i) {
        or_throw(writer.write(bytes));
    }
    mark();
    for (int i = 0; i < times; ++i) {
        if (what.starts_with("write")) {
            or_throw(writer.write(bytes));
        }
        if (what == "gather") {
            or_throw(writer.write_gather(pieces));
        }
        if (what.ends_with("read")) {
            or_throw(reader.read_some(bytes));
        }
    }
    mark();
    return 0;
}

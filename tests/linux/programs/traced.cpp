// traced.cpp - does one thing between two calls of getppid(2), for a tracer to count: `traced WHAT [PROGRAM]`
//
// WHAT: nothing, write, read, gather, write_and_read (each 100 times), buffered (1000 records), waits (40 reads of an
// empty pipe, each until its deadline), spawn (PROGRAM, once, no pipes), capture (PROGRAM, once, on a loop).
#include <windpipe/windpipe.hpp>

#include <array>
#include <chrono>
#include <span>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

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

int trace_capture(const char* program) {
    auto on = or_throw(windpipe::loop::make());
    const auto capture = [&] {
        windpipe::command what(program, "0");
        what.in(windpipe::null).err(windpipe::null);
        return or_throw(on.run(windpipe::async_run(on, std::move(what)))).success();
    };
    bool right = capture(); // what is made once is made
    mark();
    right = capture() && right;
    mark();
    return right ? 0 : 1;
}

/// The other end does not move: the first waits find that out.
int trace_waits() {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    std::array<std::byte, 8> bytes{};
    const auto wait = [&, &reader = reader] {
        return reader.read_some(bytes, {.until = std::chrono::milliseconds(1)}).error().code == std::errc::timed_out;
    };
    bool right = true;
    for (int i = 0; i < 8; ++i) {
        right = wait() && right;
    }
    mark();
    for (int i = 0; i < 40; ++i) {
        right = wait() && right;
    }
    mark();
    return right ? 0 : 1;
}

int trace_buffered() {
    constexpr int records = 1000;
    constexpr std::size_t size = 64;
    auto [reader, writer] = or_throw(windpipe::make_pipe({.capacity = 1 << 20})); // nobody reads
    windpipe::buffered_writer buffered(std::move(writer));
    std::array<std::byte, size> record{};
    or_throw(buffered.write(record)); // goes at once: nothing was written before it
    mark();
    for (int i = 0; i < records; ++i) {
        or_throw(buffered.write(record));
    }
    or_throw(buffered.flush());
    mark();
    return or_throw(reader.available()) == (records + 1) * size ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "nothing";
    if (what == "spawn") {
        return argc > 2 ? trace_spawn(argv[2]) : 99;
    }
    if (what == "capture") {
        return argc > 2 ? trace_capture(argv[2]) : 99;
    }
    if (what == "waits") {
        return trace_waits();
    }
    if (what == "buffered") {
        return trace_buffered();
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

// single_threaded.cpp - uses windpipe in a process with one thread, where a wait that nothing can call off is left to
// the system in one call: `single_threaded WAY [PROGRAM [ARGUMENT...]]`
//
// WAY:  some    write_some() of much into an empty pipe; then the rest to PROGRAM, which reads slowly
//       write   write() of much to PROGRAM, which reads slowly
//       read    read_to_end() from PROGRAM, which writes much
//       broken  writes without readers, and to PROGRAM, which leaves while we wait
//       wait    wait() for PROGRAM, which exits with 5
//       deadlock  write() of much to PROGRAM, which sends all of it back, and nobody reads that
// Prints "as it should be" and exits 0, or what is wrong and exits 1; 77 where the process has more threads than one.
// A program of its own because the watchdog of a test is a thread.
#include "support/pattern.hpp"

#include <windpipe/windpipe.hpp>

#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <sys/single_threaded.h>
#include <vector>

namespace {

using windpipe::or_throw;

constexpr std::size_t much = std::size_t{1} << 20U;

struct wrong {
    std::string what;
};

void expect(bool is_so, const std::string& what) {
    if (!is_so) {
        throw wrong{what};
    }
}

/// A child that reads the pattern, and what it must say in the end.
windpipe::child start_reader(windpipe::command& program, windpipe::pipe_reader&& reader) {
    return or_throw(program.in(std::move(reader)).out(windpipe::piped).spawn());
}

void expect_all_read(windpipe::child& reader) {
    std::string said;
    or_throw(reader.out.read_to_end(said));
    expect(said == std::to_string(much) + " ok\n", "the reader says " + said);
    expect(or_throw(reader.wait()).success(), "the reader failed");
}

/// No limit, and yet it must return as soon as something is in the pipe, whatever else would have to wait.
void write_some(windpipe::command& program) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const auto bytes = windpipe_test::pattern(much);
    const std::size_t capacity = or_throw(writer.capacity());
    std::span<const std::byte> rest(bytes);
    const std::size_t first = or_throw(writer.write_some(rest));
    expect(first > 0 && first <= capacity, "the first took " + std::to_string(first));
    rest = rest.subspan(first);
    auto child = start_reader(program, std::move(reader));
    while (!rest.empty()) {
        const std::size_t n = or_throw(writer.write_some(rest));
        expect(n > 0 && n <= capacity, "one took " + std::to_string(n) + ": more than the pipe holds at a time");
        rest = rest.subspan(n);
    }
    writer.close();
    expect_all_read(child);
}

void write_all(windpipe::command& program) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    auto child = start_reader(program, std::move(reader));
    or_throw(writer.write(windpipe_test::pattern(much)));
    writer.close();
    expect_all_read(child);
}

void read_all(windpipe::command& program) {
    auto child = or_throw(program.in(windpipe::null).out(windpipe::piped).spawn());
    std::vector<std::byte> got;
    or_throw(child.out.read_to_end(got));
    expect(got.size() == much, std::to_string(got.size()) + " bytes came");
    expect(!windpipe_test::pattern_difference(got), "they are not those that were written");
    expect(or_throw(child.wait()).success(), "the writer failed");
}

void write_to_nobody(windpipe::command& program) {
    const auto bytes = windpipe_test::pattern(much);
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    reader.close();
    const auto some = writer.write_some(bytes);
    expect(!some && some.error().code == std::errc::broken_pipe, "write_some() without readers");
    auto [leaving, filled] = or_throw(windpipe::make_pipe());
    auto child = or_throw(program.in(std::move(leaving)).out(windpipe::null).spawn());
    const auto all = filled.write(bytes);
    expect(!all && all.error().code == std::errc::broken_pipe, "write() to a reader that leaves");
    expect(or_throw(child.wait()).success(), "the reader failed");
}

void wait_for(windpipe::command& program) {
    auto child = or_throw(program.in(windpipe::null).spawn());
    const auto status = or_throw(child.wait());
    expect(status == windpipe::exit_status::exited(5), status.text());
}

void write_without_reading(windpipe::command& program) {
    auto child = or_throw(program.in(windpipe::piped).out(windpipe::piped).spawn());
    const auto bytes = windpipe_test::pattern(much);
    const auto all = child.in.write(bytes);
    expect(!all && all.error().code == std::errc::resource_deadlock_would_occur, "write() that waits for ever");
    child.in.close();
    std::string got;
    or_throw(child.out.read_to_end(got));
    expect(got.size() == all.error().transferred, std::to_string(got.size()) + " bytes came back");
}

void use(std::string_view way, windpipe::command& program) {
    if (way == "some") {
        write_some(program);
    } else if (way == "write") {
        write_all(program);
    } else if (way == "read") {
        read_all(program);
    } else if (way == "broken") {
        write_to_nobody(program);
    } else if (way == "deadlock") {
        write_without_reading(program);
    } else {
        wait_for(program);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        return 99;
    }
    if (__libc_single_threaded == 0) {
        return 77;
    }
    try {
        windpipe::command program(argv[2]);
        program.args(std::vector<std::string>(argv + 3, argv + argc));
        use(argv[1], program);
        expect(__libc_single_threaded != 0, "a thread has been started: this was not what it shall test");
    } catch (const wrong& found) {
        std::printf("%s: %s\n", argv[1], found.what.c_str());
        return 1;
    } catch (const windpipe::failure& failed) {
        std::printf("%s: %s\n", argv[1], failed.what());
        return 1;
    }
    std::puts("as it should be");
    return 0;
}

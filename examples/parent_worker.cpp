// parent_worker.cpp - a parent and a worker over two pipes. The program starts itself as the worker; numbers travel to
// it as records of 8 bytes on its standard input, their squares travel back on its standard output.
#include <windpipe/windpipe.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <iostream>
#include <span>
#include <string_view>

using windpipe::or_throw;

namespace {

// [worker]
// The worker's standard streams are pipes: it takes them over as ends, and stops at end of stream.
int work() {
    auto numbers = or_throw(windpipe::take_stdin());
    auto squares = or_throw(windpipe::take_stdout());

    std::uint64_t number = 0;
    while (or_throw(numbers.read(std::as_writable_bytes(std::span(&number, 1)))) == sizeof number) {
        const std::uint64_t square = number * number;
        or_throw(squares.write(std::as_bytes(std::span(&square, 1))));
    }
    return 0;
}
// [/worker]

// [parent]
// One record out, one record back: neither pipe can fill, so neither side can wait for the other for ever. The limit
// is for a worker that hangs.
int lead(std::string_view own_program) {
    auto worker = or_throw(windpipe::command{own_program, "--worker"}.in(windpipe::piped).out(windpipe::piped).spawn());
    const windpipe::wait_limit limit{.until = std::chrono::minutes(1)};

    for (std::uint64_t number = 1; number <= 5; ++number) {
        or_throw(worker.in.write(std::as_bytes(std::span(&number, 1)), limit));
        std::uint64_t square = 0;
        if (or_throw(worker.out.read(std::as_writable_bytes(std::span(&square, 1)), limit)) != sizeof square) {
            break; // end of stream: the worker has gone; its status says why
        }
        std::cout << number << " squared is " << square << '\n';
    }

    worker.in.close(); // the worker sees end of stream and leaves
    const auto status = or_throw(worker.wait(limit));
    std::cout << "the worker " << status.text() << '\n';
    return status.success() ? 0 : 1;
}
// [/parent]

} // namespace

int main(int argc, char** argv) {
    try {
        const bool worker = argc == 2 && std::string_view(argv[1]) == "--worker";
        return worker ? work() : lead(argv[0]);
    } catch (const std::exception& failed) {
        std::cerr << "parent_worker: " << failed.what() << '\n';
        return 1;
    }
}

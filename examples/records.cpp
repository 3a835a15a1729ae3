// records.cpp - many small records to a worker, gathered into few writes, and now and then a question that is answered.
// The program starts itself as the worker.
#include <windpipe/windpipe.hpp>

#include <cstdint>
#include <exception>
#include <iostream>
#include <span>
#include <string_view>
#include <utility>

using windpipe::or_throw;

namespace {

// Adds what comes; a zero asks for the sum.
int work() {
    auto numbers = or_throw(windpipe::take_stdin());
    auto sums = or_throw(windpipe::take_stdout());
    std::uint64_t number = 0;
    std::uint64_t sum = 0;
    while (or_throw(numbers.read(std::as_writable_bytes(std::span(&number, 1)))) == sizeof number) {
        sum += number;
        if (number == 0) {
            or_throw(sums.write(std::as_bytes(std::span(&sum, 1))));
        }
    }
    return 0;
}

// [lead]
int lead(std::string_view own_program) {
    auto worker = or_throw(windpipe::command{own_program, "--worker"}.in(windpipe::piped).out(windpipe::piped).spawn());
    windpipe::buffered_writer numbers(std::move(worker.in));
    numbers.tie(worker.out); // a question is sent before we wait for its answer

    std::uint64_t sent = 0;
    for (std::uint64_t number = 1; number <= 100'000; ++number, ++sent) {
        or_throw(numbers.write(std::as_bytes(std::span(&number, 1))));
    }
    constexpr std::uint64_t question = 0;
    or_throw(numbers.write(std::as_bytes(std::span(&question, 1))));
    std::uint64_t sum = 0;
    or_throw(worker.out.read(std::as_writable_bytes(std::span(&sum, 1))));
    std::cout << "the sum of " << sent << " numbers is " << sum << '\n';

    or_throw(numbers.close()); // flushes; the worker sees end of stream and leaves
    return or_throw(worker.wait()).success() ? 0 : 1;
}
// [/lead]

} // namespace

int main(int argc, char** argv) {
    try {
        const bool worker = argc == 2 && std::string_view(argv[1]) == "--worker";
        return worker ? work() : lead(argv[0]);
    } catch (const std::exception& failed) {
        std::cerr << "records: " << failed.what() << '\n';
        return 1;
    }
}

// pages.cpp - fills memory in place and sends it to a worker without copying it.
//
//     pages              starts itself as the worker
//     pages --worker     is the worker
#include <windpipe/page_pool.hpp>
#include <windpipe/windpipe.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <exception>
#include <iostream>
#include <span>
#include <string_view>

using windpipe::or_throw;

namespace {

constexpr std::size_t total = 4UL * 1024 * 1024;

// [pages]
void send_all(windpipe::pipe_writer end) {
    auto pool = or_throw(windpipe::page_pool::make(std::move(end)));
    for (std::size_t done = 0; done < total;) {
        const auto room = or_throw(pool.room(total - done)); // at least a byte; never memory that is still to be read
        std::memset(room.data(), 1, room.size());            // filled in place
        or_throw(pool.send(room.size()));
        done += room.size();
    }
}
// [/pages]

int lead(std::string_view own_program) {
    auto worker = or_throw(windpipe::command{own_program, "--worker"}.in(windpipe::piped).spawn());
    send_all(std::move(worker.in)); // to a program of which we know that it reads, and does not move pages on
    return or_throw(worker.wait()).success() ? 0 : 1;
}

int work() {
    auto numbers = or_throw(windpipe::take_stdin());
    std::array<std::byte, 65536> bytes{};
    std::uint64_t sum = 0;
    while (const std::size_t n = or_throw(numbers.read_some(bytes))) {
        for (const std::byte each : std::span(bytes).first(n)) {
            sum += std::to_integer<std::uint64_t>(each);
        }
    }
    std::cout << "the sum is " << sum << '\n';
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return argc > 1 && std::string_view(argv[1]) == "--worker" ? work() : lead(argv[0]);
    } catch (const std::exception& failed) {
        std::cerr << "pages: " << failed.what() << '\n';
        return 1;
    }
}

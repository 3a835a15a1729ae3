// ring_frames.cpp - a stream of pictures to a worker, made up and looked at in place: no byte of them is copied. The
// program starts itself as the worker, which says of each picture how bright it is.
#include <windpipe/windpipe.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <iostream>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

using windpipe::or_throw;

namespace {

constexpr std::size_t picture = 640UL * 480;
constexpr int pictures = 100;

// [parent]
int lead(std::string_view own_program) {
    auto ring = or_throw(windpipe::make_ring({.capacity = 8 * picture}));
    auto worker = or_throw(windpipe::command{own_program, "--worker"}
                               .give("pictures", std::move(ring.reader))
                               .out(windpipe::piped)
                               .spawn());
    for (int i = 0; i < pictures; ++i) {
        const auto room = or_throw(ring.writer.reserve(picture)); // waits while the worker is behind
        std::ranges::fill(room.first(picture), static_cast<std::byte>(i));
        or_throw(ring.writer.commit(picture));
    }
    ring.writer.close();

    std::string report;
    or_throw(worker.out.read_to_end(report));
    std::cout << report;
    return or_throw(worker.wait()).success() ? 0 : 1;
}
// [/parent]

// [worker]
int work() {
    auto ring = or_throw(windpipe::adopt_ring_reader("pictures"));
    std::size_t brightness = 0;
    int count = 0;
    while (true) {
        const auto there = or_throw(ring.peek(picture));
        if (there.size() < picture) {
            break; // end of stream
        }
        brightness +=
            std::accumulate(there.begin(), there.begin() + picture, std::size_t{0},
                            [](std::size_t sum, std::byte dot) { return sum + std::to_integer<unsigned>(dot); });
        ++count;
        or_throw(ring.consume(picture));
    }
    std::cout << count << " pictures, brightness " << brightness / picture << '\n';
    return 0;
}
// [/worker]

} // namespace

int main(int argc, char** argv) {
    try {
        const bool worker = argc == 2 && std::string_view(argv[1]) == "--worker";
        return worker ? work() : lead(argv[0]);
    } catch (const std::exception& failed) {
        std::cerr << "ring_frames: " << failed.what() << '\n';
        return 1;
    }
}

// pipes_of_user.cpp - makes many pipes as another user: `pipes_of_user UID COUNT CAPACITY`
//
// UID 0 means "as we are". Prints for the first and the last pipe, one line each, what capacity() says of both ends and
// how many bytes a full pipe took, and then the smallest and largest capacity of all.
#include <windpipe/windpipe.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace {

using windpipe::or_throw;

bool become(unsigned user) { return user == 0 || (::setgid(user) == 0 && ::setuid(user) == 0); }

void describe(windpipe::pipe_ends& ends) {
    const std::size_t of_reader = or_throw(ends.reader.capacity());
    const std::size_t of_writer = or_throw(ends.writer.capacity());
    const std::vector<std::byte> more(of_writer + 1);
    const auto written = ends.writer.write(more, {.until = std::chrono::seconds(0)});
    std::cout << of_reader << ' ' << of_writer << ' ' << (written ? more.size() : written.error().transferred) << '\n';
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        return 99;
    }
    const auto count = static_cast<std::size_t>(std::atol(argv[2]));
    const rlimit limit{2 * count + 100, 2 * count + 100};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0 || !become(static_cast<unsigned>(std::atol(argv[1])))) {
        return 77; // not allowed
    }
    std::vector<windpipe::pipe_ends> all;
    std::vector<std::size_t> capacities;
    for (std::size_t i = 0; i < count; ++i) {
        auto made = windpipe::make_pipe({.capacity = static_cast<std::size_t>(std::atol(argv[3]))});
        if (!made) {
            std::cout << made.error().message() << '\n';
            return 1;
        }
        all.push_back(std::move(*made));
        capacities.push_back(or_throw(all.back().writer.capacity()));
    }
    describe(all.front());
    describe(all.back());
    const auto [least, most] = std::ranges::minmax(capacities);
    std::cout << least << ' ' << most << std::endl;
}

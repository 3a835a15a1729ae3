// calls.cpp - a fixed number of one operation, to be counted by strace -c: see calls.sh.
#include <windpipe/windpipe.hpp>

#include <array>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

using windpipe::or_throw;

namespace {

void small_records(std::size_t count) {
    auto [reader, writer] = or_throw(windpipe::make_pipe());
    const std::string record(64, 'x');
    std::array<std::byte, 64> got{};
    for (std::size_t i = 0; i < count; ++i) {
        or_throw(writer.write(record));
        or_throw(reader.read(got));
    }
}

void starts(std::size_t count, const std::string& program) {
    for (std::size_t i = 0; i < count; ++i) {
        or_throw(or_throw(windpipe::command{program}.in(windpipe::null).spawn()).wait());
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc == 3 && std::string_view(argv[1]) == "records") {
            small_records(std::stoul(argv[2]));
        } else if (argc == 4 && std::string_view(argv[1]) == "starts") {
            starts(std::stoul(argv[2]), argv[3]);
        } else {
            std::cerr << "usage: bench_calls records COUNT | starts COUNT PROGRAM\n";
            return 2;
        }
    } catch (const std::exception& failed) {
        std::cerr << "bench_calls: " << failed.what() << '\n';
        return 1;
    }
}

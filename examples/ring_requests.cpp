// ring_requests.cpp - very many small requests to a helper process, and an answer to each: over two rings that costs no
// system call while both are busy. The program starts itself as the helper, which squares numbers.
#include <windpipe/windpipe.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <string_view>
#include <utility>

using windpipe::or_throw;

namespace {

using number = std::uint64_t;

std::span<std::byte> bytes_of(number& value) { return std::as_writable_bytes(std::span(&value, 1)); }

// [parent]
int lead(std::string_view own_program, number count) {
    auto requests = or_throw(windpipe::make_ring());
    auto answers = or_throw(windpipe::make_ring());
    auto helper = or_throw(windpipe::command{own_program, "--helper"}
                               .give("requests", std::move(requests.reader))
                               .give("answers", std::move(answers.writer))
                               .spawn());
    number sum = 0;
    for (number i = 1; i <= count; ++i) {
        or_throw(requests.writer.write(bytes_of(i)));
        number square = 0;
        if (or_throw(answers.reader.read(bytes_of(square))) != sizeof square) {
            std::cerr << "the helper has gone\n"; // its end of stream
            return 1;
        }
        sum += square;
    }
    requests.writer.close();
    std::cout << "the squares of 1 to " << count << " sum to " << sum << '\n';
    return or_throw(helper.wait()).success() ? 0 : 1;
}
// [/parent]

int help() {
    auto requests = or_throw(windpipe::adopt_ring_reader("requests"));
    auto answers = or_throw(windpipe::adopt_ring_writer("answers"));
    number value = 0;
    while (or_throw(requests.read(bytes_of(value))) == sizeof value) {
        value *= value;
        or_throw(answers.write(bytes_of(value)));
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    try {
        const std::string_view what = argc == 2 ? argv[1] : "1000000";
        return what == "--helper" ? help() : lead(argv[0], std::strtoull(what.data(), nullptr, 10));
    } catch (const std::exception& failed) {
        std::cerr << "ring_requests: " << failed.what() << '\n';
        return 1;
    }
}

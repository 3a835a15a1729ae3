// ring_end.cpp - adopts the ends of rings it was given by name, and does as its arguments say, one after the other:
//
//   reader NAME, writer NAME   adopts
//   redeem-reader TOKEN        redeems one that is offered
//   copy                       copies from the reader to the writer, to the end of stream, then closes both
//   flood                      writes 1 2 3 ... 255 0 1 ... until somebody ends it
//   messages WHO               writes messages_each messages
//   swallow N                  reads N bytes
//   count                      reads to the end of stream, and prints how many bytes that were
//   half                       fills a reservation, commits its first 10 bytes 1 ... 10, and ends within the next one
//   ready                      prints "ready"
//   hang                       waits for ever, on the reader where it has one and nobody writes to it
//   idle                       waits for ever, on no ring
#include "conformance/helpers/ring_messages.hpp"

#include <windpipe/windpipe.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using windpipe::or_throw;

windpipe::ring_reader reader;
windpipe::ring_writer writer;

void copy() {
    while (true) {
        const auto bytes = or_throw(reader.peek(1));
        if (bytes.empty()) {
            break;
        }
        or_throw(writer.write(bytes));
        or_throw(reader.consume(bytes.size()));
    }
    reader.close();
    writer.close();
}

[[noreturn]] void flood() {
    std::array<std::byte, 1024> part{};
    for (std::size_t position = 0;; position += part.size()) {
        for (std::size_t i = 0; i < part.size(); ++i) {
            part.at(i) = static_cast<std::byte>(position + i + 1);
        }
        or_throw(writer.write(part));
    }
}

void swallow(std::size_t count) {
    std::vector<std::byte> into(count);
    or_throw(reader.read(into));
}

void write_messages(std::uint32_t who) {
    for (std::uint32_t number = 0; number < windpipe_test::messages_each; ++number) {
        or_throw(writer.write(windpipe_test::ring_message(who, number)));
    }
}

void count() {
    std::size_t total = 0;
    std::array<std::byte, 3000> bytes{};
    while (const std::size_t n = or_throw(reader.read_some(bytes))) {
        total += n;
    }
    std::printf("%zu\n", total);
    std::fflush(stdout);
}

[[noreturn]] void half() {
    for (int time = 0;; ++time) {
        const auto room = or_throw(writer.reserve(20));
        for (std::size_t i = 0; i < 20; ++i) {
            room[i] = static_cast<std::byte>(i + 1);
        }
        if (time == 1) {
            std::_Exit(5);
        }
        or_throw(writer.commit(10));
    }
}

[[noreturn]] void idle() {
    auto never = or_throw(windpipe::make_pipe());
    std::array<std::byte, 1> byte{};
    while (true) {
        or_throw(never.reader.read_some(byte));
    }
}

[[noreturn]] void hang() {
    if (reader) {
        std::array<std::byte, 1> first{};
        or_throw(reader.read_some(first));
    }
    idle();
}

/// How many arguments it has used up.
int act(std::string_view what, const char* with) {
    if (what == "reader") {
        reader = or_throw(windpipe::adopt_ring_reader(with));
        return 2;
    }
    if (what == "writer") {
        writer = or_throw(windpipe::adopt_ring_writer(with));
        return 2;
    }
    if (what == "redeem-reader") {
        reader = or_throw(windpipe::redeem_ring_reader(with));
        return 2;
    }
    if (what == "swallow") {
        swallow(std::strtoull(with, nullptr, 10));
        return 2;
    }
    if (what == "messages") {
        write_messages(static_cast<std::uint32_t>(std::strtoul(with, nullptr, 10)));
        return 2;
    }
    if (what == "count") {
        count();
    } else if (what == "copy") {
        copy();
    } else if (what == "flood") {
        flood();
    } else if (what == "half") {
        half();
    } else if (what == "hang") {
        hang();
    } else if (what == "idle") {
        idle();
    } else if (what == "ready") {
        std::puts("ready");
        std::fflush(stdout);
    }
    return 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        for (int i = 1; i < argc;) {
            i += act(argv[i], i + 1 < argc ? argv[i + 1] : "");
        }
        return 0;
    } catch (const windpipe::failure& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 97;
    }
}

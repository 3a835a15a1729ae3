// step_ring.cpp - `step_ring writer|sharer|reader TOKEN`: redeems an end of a ring, calls getppid(2), moves 64, 100 and
// 2000 bytes, the second in place unless it is a sharer, and stays until it is killed.
#include <windpipe/windpipe.hpp>

#include <array>
#include <cstring>
#include <sched.h>
#include <span>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using windpipe::or_throw;

std::array<std::byte, 2000> bytes{};

/// A call that waits could not be stepped over.
[[noreturn]] void stay() {
    while (true) {
        ::sched_yield();
    }
}

[[noreturn]] void write(windpipe::ring_writer to, bool in_place) {
    std::array<std::byte, 64> first{};
    first.fill(std::byte{1});
    bytes.fill(std::byte{3});
    ::syscall(SYS_getppid);
    or_throw(to.write(first));
    if (in_place) {
        std::memset(or_throw(to.reserve(100)).data(), 2, 100);
        or_throw(to.commit(100));
    } else {
        std::array<std::byte, 100> second{};
        second.fill(std::byte{2});
        or_throw(to.write(second));
    }
    or_throw(to.write(bytes));
    stay();
}

[[noreturn]] void read(windpipe::ring_reader from) {
    ::syscall(SYS_getppid);
    or_throw(from.read(std::span(bytes).first(64)));
    or_throw(from.peek(100));
    or_throw(from.consume(100));
    or_throw(from.read(bytes));
    stay();
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        return 98;
    }
    const std::string_view role = argv[1];
    if (role == "reader") {
        read(or_throw(windpipe::redeem_ring_reader(argv[2])));
    }
    write(or_throw(windpipe::redeem_ring_writer(argv[2])), role == "writer");
}

#include "harness/pipes.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Numbered high, out of the way of what workers get.
int moved_up(int low) {
    constexpr int lowest = 64;
    const int number = fcntl(low, F_DUPFD_CLOEXEC, lowest);
    ::close(low);
    if (number < 0) {
        fail("F_DUPFD_CLOEXEC");
    }
    return number;
}

void close_once(int& number) {
    if (number >= 0) {
        ::close(std::exchange(number, -1));
    }
}

} // namespace

kernel_pipe::kernel_pipe(int capacity) : reader_(-1), writer_(-1) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        fail("pipe2");
    }
    reader_ = moved_up(ends[0]);
    writer_ = moved_up(ends[1]);
    if (capacity > 0) {
        fcntl(writer_, F_SETPIPE_SZ, capacity);
        const int granted = fcntl(writer_, F_GETPIPE_SZ);
        if (granted != capacity) {
            close_reader();
            close_writer();
            throw std::runtime_error("asked for a pipe of " + std::to_string(capacity) + " bytes, got one of " +
                                     std::to_string(granted));
        }
    }
}

void kernel_pipe::close_reader() { close_once(reader_); }

void kernel_pipe::close_writer() { close_once(writer_); }

bool kernel_pipe::put() {
    const char byte = 0;
    return write(writer_, &byte, 1) == 1;
}

bool kernel_pipe::take() {
    char byte = 0;
    return read(reader_, &byte, 1) == 1;
}

} // namespace bench

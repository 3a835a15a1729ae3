// spin.hpp - reads and writes that try for a while before they sleep, by bare system calls.
#pragma once

#include "floor/linux/start.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/uio.h>
#include <unistd.h>

namespace bench::floor {

/// How long to try: somewhat more than it takes to wake a sleeper in a virtual machine.
inline constexpr std::int64_t spin_ns = 50'000;

/// preadv2 and pwritev2 with RWF_NOWAIT leave O_NONBLOCK of the shared file description alone (readv(2)).
inline ssize_t read_spinning(int fd, void* into, std::size_t size) {
    const iovec piece{into, size};
    std::int64_t until = 0;
    for (;;) {
        const ssize_t count = preadv2(fd, &piece, 1, -1, RWF_NOWAIT);
        if (count >= 0 || errno != EAGAIN) {
            return count;
        }
        const std::int64_t now = now_ns();
        until = until == 0 ? now + spin_ns : until;
        if (now >= until) {
            return read(fd, into, size);
        }
    }
}

inline ssize_t write_spinning(int fd, const void* from, std::size_t size) {
    const iovec piece{const_cast<void*>(from), size};
    std::int64_t until = 0;
    for (;;) {
        const ssize_t count = pwritev2(fd, &piece, 1, -1, RWF_NOWAIT);
        if (count >= 0 || errno != EAGAIN) {
            return count;
        }
        const std::int64_t now = now_ns();
        until = until == 0 ? now + spin_ns : until;
        if (now >= until) {
            return write(fd, from, size);
        }
    }
}

inline std::size_t checked(ssize_t count, const char* what) {
    if (count < 0) {
        fail(what);
    }
    return static_cast<std::size_t>(count);
}

/// read(2) and write(2), nothing else.
struct plain_end {
    int fd;
    std::size_t read_some(std::span<char> into) const { return checked(read(fd, into.data(), into.size()), "read"); }
    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            bytes.remove_prefix(checked(::write(fd, bytes.data(), bytes.size()), "write"));
        }
    }
};

/// Writes that raise no SIGPIPE, where the kernel knows such (Linux 6.18), and else what the same call costs without.
struct quiet_end {
    int fd;
    std::size_t read_some(std::span<char> into) const { return checked(read(fd, into.data(), into.size()), "read"); }
    void write(std::string_view bytes) const {
        constexpr int no_signal = 0x100; // RWF_NOSIGNAL, newer than this libc's headers. Source: linux/fs.h
        while (!bytes.empty()) {
            const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
            ssize_t count = pwritev2(fd, &piece, 1, -1, no_signal);
            if (count == -1 && errno == EOPNOTSUPP) {
                count = pwritev2(fd, &piece, 1, -1, 0);
            }
            bytes.remove_prefix(checked(count, "pwritev2"));
        }
    }
};

/// Pieces of at most `cut` bytes, plain or spinning.
template <std::size_t cut, bool spin>
struct tuned_end {
    int fd;
    std::size_t read_some(std::span<char> into) const {
        return checked(spin ? read_spinning(fd, into.data(), into.size()) : read(fd, into.data(), into.size()), "read");
    }
    void write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const std::size_t size = std::min(bytes.size(), cut);
            const ssize_t count = spin ? write_spinning(fd, bytes.data(), size) : ::write(fd, bytes.data(), size);
            bytes.remove_prefix(checked(count, "write"));
        }
    }
};

} // namespace bench::floor

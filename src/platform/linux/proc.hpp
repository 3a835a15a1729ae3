// proc.hpp - looking through /proc.
//
// A look at a process that most likely has nothing to do with us does not go through the gate: there are thousands, and
// whatever fails means the same, that this process is unknown.
#pragma once

#include "sys.hpp"

#include <array>
#include <charconv>
#include <string_view>

namespace windpipe::platform {

inline constexpr int list_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

/// One that does not go through the gate.
struct quiet_handle {
    int fd;
    ~quiet_handle() {
        if (fd != -1) {
            ::close(fd);
        }
    }
};

template <class Number>
Number number_of(std::string_view digits, int base = 10) {
    Number number{};
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    return number;
}

/// Calls `visit(name)` for each entry of a directory whose name is a number. False with errno when it breaks off.
template <class Next, class Visit>
bool each_number(const Next& next, const Visit& visit) {
    alignas(dirent64) std::array<char, 16384> entries;
    while (true) {
        const ssize_t size = next(entries.data(), entries.size());
        if (size <= 0) {
            return size == 0;
        }
        for (ssize_t at = 0; at < size;) {
            const auto* const entry = reinterpret_cast<const dirent64*>(entries.data() + at);
            if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
                visit(static_cast<const char*>(entry->d_name));
            }
            at += entry->d_reclen;
        }
    }
}

/// Calls `visit(processes, id)` for each process there is.
template <class Visit>
result<void> each_process(std::string_view step, const Visit& visit) {
    const unique_handle processes(sys::open("/proc", list_flags));
    const auto next = [&](char* into, std::size_t size) { return sys::getdents64(processes.get(), into, size); };
    if (!processes || !each_number(next, [&](const char* id) { visit(processes.get(), id); })) {
        return sys::failed(step, errno, "/proc");
    }
    return {};
}

} // namespace windpipe::platform

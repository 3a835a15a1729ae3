// proc.hpp - looking through /proc.
//
// A look at a process that most likely has nothing to do with us does not go through the gate: there are thousands, and
// whatever fails means the same, that this process is unknown.
#pragma once

#include "sys.hpp"

#include <windpipe/holders.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// The beginning of a small file of /proc, empty where it cannot be read. Not through the gate.
inline std::string_view quiet_read(int directory, const std::string& path, std::span<char> into) {
    const quiet_handle file{::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC)};
    const ssize_t size = file.fd != -1 ? ::read(file.fd, into.data(), into.size()) : 0;
    return {into.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// The flags of a descriptor as open(2) took them, from the text of its fdinfo.
inline int flags_in(std::string_view facts) {
    constexpr std::string_view key = "flags:\t";
    const std::size_t at = facts.find(key);
    if (at == std::string_view::npos) {
        return O_PATH;
    }
    facts.remove_prefix(at + key.size());
    return number_of<int>(facts.substr(0, facts.find('\n')), 8);
}

/// A number of what /proc tells of a process or thread in `stat`, counted as proc(5) does, from 4 on; 0 if it cannot be
/// told. Source: "pid (name) state ppid pgrp ...", where the name may hold any byte.
inline std::uint64_t stat_number(int directory, const std::string& process, int place) {
    std::array<char, 1024> text{};
    std::string_view facts = quiet_read(directory, process + "/stat", text);
    facts.remove_prefix(std::min(facts.rfind(')'), facts.size()));
    for (int at = 2; at < place; ++at) {
        facts.remove_prefix(std::min(facts.find(' '), facts.size()));
        facts.remove_prefix(std::min<std::size_t>(1, facts.size()));
    }
    return number_of<std::uint64_t>(facts);
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

/// Who has one of some pipes, by their links in /proc/pid/fd, open with this access or both. Sorted. It is complete if
/// every process could be looked into; or, with `since`, every one that could have inherited an end that was made after
/// that time: it began later (as place 22 of `stat` has it), and is no thread of the kernel.
result<holder_list> holders_of_links(std::vector<std::string> links, int access, std::uint64_t since = 0);

} // namespace windpipe::platform

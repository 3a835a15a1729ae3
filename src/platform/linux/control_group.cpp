#include "control_group.hpp"

#include "descriptors.hpp"
#include "proc.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "wait for tree";

/// All of a file; none with errno.
std::optional<std::string> read_whole(int directory, const char* path) {
    const unique_handle file(sys::openat(directory, path, O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 4096> part;
    while (file) {
        const ssize_t size = sys::read(file.get(), part.data(), part.size());
        if (size <= 0) {
            return size == 0 ? std::optional(std::move(text)) : std::nullopt;
        }
        text.append(part.data(), static_cast<std::size_t>(size));
    }
    return std::nullopt;
}

/// The next line of a text, taken off it.
std::string_view take_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

std::string_view take_word(std::string_view& line) {
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    return word;
}

/// The control group of this process as a directory; empty where version 2 is not there.
/// Source: "0::/path" of /proc/pid/cgroup in cgroups(7), "id parent device root point ... - type" of
/// /proc/pid/mountinfo in proc(5).
std::string own_directory() {
    const auto groups = read_whole(AT_FDCWD, "/proc/self/cgroup");
    const auto mounts = read_whole(AT_FDCWD, "/proc/self/mountinfo");
    if (!groups || !mounts) {
        return {};
    }
    std::string_view own;
    for (std::string_view rest = *groups; !rest.empty() && own.empty();) {
        const std::string_view line = take_line(rest);
        own = line.starts_with("0::") ? line.substr(3) : std::string_view();
    }
    for (std::string_view rest = *mounts; !rest.empty() && !own.empty();) {
        std::string_view line = take_line(rest);
        if (line.find(" - cgroup2 ") == std::string_view::npos) {
            continue;
        }
        for (int skipped = 0; skipped < 3; ++skipped) {
            (void)take_word(line);
        }
        const std::string_view root = take_word(line);
        const std::string_view point = take_word(line);
        if (root == "/" || (own.starts_with(root) && (own.size() == root.size() || own[root.size()] == '/'))) {
            return std::string(point).append(own.substr(root == "/" ? 0 : root.size()));
        }
    }
    return {};
}

/// The groups that members have made below one.
std::vector<std::string> groups_below(int directory) {
    std::vector<std::string> names;
    const unique_handle list(sys::openat(directory, ".", list_flags));
    alignas(dirent64) std::array<char, 4096> entries;
    for (ssize_t size = 0; list && (size = sys::getdents64(list.get(), entries.data(), entries.size())) > 0;) {
        for (ssize_t at = 0; at < size;) {
            const auto* const entry = reinterpret_cast<const dirent64*>(entries.data() + at);
            if (entry->d_type == DT_DIR && entry->d_name[0] != '.') {
                names.emplace_back(entry->d_name);
            }
            at += entry->d_reclen;
        }
    }
    return names;
}

/// With what members have made below it. False with errno: somebody lives there.
bool remove_tree(const std::string& path) {
    if (sys::rmdir(path.c_str()) == 0 || errno == ENOENT) {
        return true;
    }
    const unique_handle directory(errno == EBUSY ? sys::open(path.c_str(), list_flags) : -1);
    const auto names = directory ? groups_below(directory.get()) : std::vector<std::string>();
    return !names.empty() &&
           std::ranges::all_of(names, [&](const std::string& name) { return remove_tree(path + '/' + name); }) &&
           sys::rmdir(path.c_str()) == 0;
}

/// Of processes that have been let go, and of which somebody lived on: to be removed when they have ended.
std::mutex left_mutex;
std::atomic<bool> any_left = false;
std::vector<std::string>& left_behind() {
    static std::vector<std::string> paths;
    return paths;
}

void remove_left_behind() {
    if (any_left.load(std::memory_order_relaxed)) {
        const std::scoped_lock lock(left_mutex);
        std::erase_if(left_behind(), remove_tree);
        any_left.store(!left_behind().empty(), std::memory_order_relaxed);
    }
}

void remove_at(std::string path) noexcept {
    try {
        remove_left_behind();
        if (!path.empty() && !remove_tree(path)) {
            const std::scoped_lock lock(left_mutex);
            left_behind().push_back(std::move(path));
            any_left.store(true, std::memory_order_relaxed);
        }
    } catch (const std::exception&) { // no memory: it stays
    }
}

/// Writes a word to one of its files. Not with O_CREAT: there are no others.
bool write_word(int directory, const char* file, std::string_view word) {
    const unique_handle to(sys::openat(directory, file, O_WRONLY | O_CLOEXEC));
    return to && sys::write(to.get(), word.data(), word.size()) != -1;
}

/// Whether somebody lives in it or below; none with errno.
std::optional<bool> is_populated(int directory) {
    const auto events = read_whole(directory, "cgroup.events");
    return events ? std::optional(events->find("populated 1") != std::string::npos) : std::nullopt;
}

bool lists(int directory, std::string_view id) {
    const auto members = read_whole(directory, "cgroup.procs");
    std::string_view rest = members ? std::string_view(*members) : std::string_view();
    while (!rest.empty()) {
        if (take_line(rest) == id) {
            return true;
        }
    }
    return false;
}

bool runs(int pidfd) {
    pollfd watched{pidfd, POLLIN, 0};
    const timespec at_once{};
    return sys::ppoll(&watched, 1, &at_once) == 0;
}

/// A running member of one group. It is looked for in the list again when it is held: its number cannot be another's
/// from then on.
result<unique_handle> direct_member(int directory) {
    const auto members = read_whole(directory, "cgroup.procs");
    if (!members) {
        return errno == ENODEV ? result<unique_handle>()
                               : sys::failed(step, errno, "cgroup.procs"); // removed meanwhile
    }
    for (std::string_view rest = *members; !rest.empty();) {
        const std::string_view id = take_line(rest);
        unique_handle held(sys::pidfd_open(number_of<pid_t>(id)));
        if (!held) {
            if (errno == ESRCH) {
                continue;
            }
            return sys::failed(step);
        }
        if (runs(held.get()) && lists(directory, id)) {
            return clear_of_standard(std::move(held), step);
        }
    }
    return unique_handle();
}

result<unique_handle> member_in(int directory) {
    auto found = direct_member(directory);
    if (!found || *found) {
        return found;
    }
    for (const std::string& name : groups_below(directory)) {
        const unique_handle below(sys::openat(directory, name.c_str(), list_flags));
        if (below) {
            found = member_in(below.get());
            if (!found || *found) {
                break;
            }
        }
    }
    return found;
}

} // namespace

control_group control_group::make() noexcept {
    static std::atomic<unsigned> count = 0;
    control_group made;
    try {
        remove_left_behind();
        const std::string own = own_directory();
        if (own.empty()) {
            return made;
        }
        std::string path = own + (own.ends_with('/') ? "" : "/") + "windpipe-" + std::to_string(::getpid()) + '-' +
                           std::to_string(count.fetch_add(1, std::memory_order_relaxed));
        constexpr mode_t by_umask = 0777;
        if (sys::mkdir(path.c_str(), by_umask) != 0) {
            return made;
        }
        made.path_ = std::move(path);
        auto directory = clear_of_standard(unique_handle(sys::open(made.path_.c_str(), list_flags)), step);
        if (directory) {
            made.directory_ = std::move(*directory);
        }
    } catch (const std::exception&) { // no memory: then without
    }
    return made;
}

void control_group::remove() noexcept {
    directory_.reset();
    if (!path_.empty()) {
        remove_at(std::exchange(path_, {}));
    }
}

void remove_control_group(process& what) noexcept {
    if (what.in_control_group) {
        what.job.reset();
        remove_at(std::exchange(what.control_group, {}));
    }
}

// Source: "cgroup.kill" in the kernel's Documentation/admin-guide/cgroup-v2.rst, from 5.14 on.
result<void> kill_control_group(const process& what) {
    return write_word(what.job.get(), "cgroup.kill", "1") ? result<void>{} : sys::failed("kill", errno, "cgroup.kill");
}

result<unique_handle> control_group_member(const process& what) {
    while (true) {
        const auto populated = is_populated(what.job.get());
        if (!populated) {
            return sys::failed(step, errno, "cgroup.events");
        }
        if (!*populated) {
            return unique_handle();
        }
        auto found = member_in(what.job.get());
        if (!found || *found) {
            return found;
        }
        std::this_thread::yield(); // they are about to end, or have started others
    }
}

} // namespace windpipe::platform

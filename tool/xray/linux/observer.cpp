#include "xray/linux/calls.hpp"
#include "xray/linux/proc_files.hpp"
#include "xray/linux/socket_peers.hpp"
#include "xray/system.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace windpipe_tool::xray {

namespace {

using peers = std::map<std::uint64_t, socket_facts>;

/// The number in "pipe:[4711]".
std::optional<std::uint64_t> inode_in(std::string_view link, std::string_view kind) {
    return link.starts_with(kind) ? number_in(link.substr(kind.size())) : std::nullopt;
}

/// Which channels a descriptor leads to, by the words of its link; the one it reads first.
struct passage {
    std::optional<channel_id> reads{};
    std::optional<channel_id> writes{};
};

passage passage_of(const std::string& link, const std::string& path, const peers& sockets) {
    if (const auto inode = inode_in(link, "pipe:[")) {
        const channel_id pipe{channel_kind::pipe, 0, *inode};
        return {pipe, pipe};
    }
    if (const auto inode = inode_in(link, "socket:[")) {
        const auto found = sockets.find(*inode);
        if (found == sockets.end()) {
            return {};
        }
        return {channel_id{channel_kind::socket, 0, *inode}, channel_id{channel_kind::socket, 0, found->second.peer}};
    }
    struct stat facts = {};
    if (link.starts_with('/') && !link.starts_with("/dev/") && ::stat(path.c_str(), &facts) == 0 &&
        S_ISFIFO(facts.st_mode)) {
        const channel_id fifo{channel_kind::fifo, facts.st_dev, facts.st_ino};
        return {fifo, fifo};
    }
    return {};
}

void add_ends(process_facts& process, const std::string& home, int descriptor, const peers& sockets) {
    const std::string number = std::to_string(descriptor);
    const std::string path = home + "/fd/" + number;
    const std::string link = read_link(path);
    if (descriptor < 3) {
        process.streams[static_cast<std::size_t>(descriptor)] = link;
    }
    const passage way = passage_of(link, path, sockets);
    if (!way.reads && !way.writes) {
        return;
    }
    const auto facts = read_file(home + "/fdinfo/" + number);
    const auto flags = facts ? number_after(*facts, "flags:", 8) : std::nullopt;
    if (!flags || (*flags & O_PATH) != 0) {
        return;
    }
    const auto access = static_cast<int>(*flags & O_ACCMODE);
    const bool reads = access != O_WRONLY;
    const bool writes = access != O_RDONLY;
    if (way.reads == way.writes) {
        process.ends.push_back({descriptor, *way.reads, reads, writes});
        return;
    }
    process.ends.push_back({descriptor, *way.reads, true, false});
    process.ends.push_back({descriptor, *way.writes, false, true});
}

std::optional<process_facts> facts_of(const std::string& root, process_id pid, const peers& sockets) {
    const std::string home = root + '/' + std::to_string(pid);
    const auto line = parse_stat(read_file(home + "/stat").value_or(""));
    if (!line) {
        return std::nullopt;
    }
    process_facts process{.pid = pid,
                          .parent = line->parent,
                          .began = line->began,
                          .state = line->state,
                          .name = line->name,
                          .command = read_file(home + "/cmdline").value_or(""),
                          .ends = {}};
    while (process.command.ends_with('\0')) {
        process.command.pop_back();
    }
    std::ranges::replace(process.command, '\0', ' ');
    if (const auto descriptors = numbers_in(home + "/fd")) {
        process.ends_known = true;
        for (const std::uint32_t descriptor : *descriptors) {
            add_ends(process, home, static_cast<int>(descriptor), sockets);
        }
        return process;
    }
    const auto again = parse_stat(read_file(home + "/stat").value_or(""));
    process.state = again ? again->state : process.state;
    return again ? std::optional(process) : std::nullopt; // it may have ended just now
}

activity activity_of_state(char state) {
    switch (state) {
    case 'R':
        return activity::running;
    case 'D':
        return activity::disk;
    case 'T':
    case 't':
        return activity::stopped;
    case 'Z':
    case 'X':
        return activity::ended;
    case 'S':
    case 'I':
        return activity::asleep;
    default:
        return activity::unknown;
    }
}

std::optional<channel_id> channel_at(const process_facts& process, int descriptor, bool writing) {
    const auto end = std::ranges::find_if(process.ends, [&](const open_end& each) {
        return each.descriptor == descriptor && (writing ? each.writes : each.reads);
    });
    return end != process.ends.end() ? std::optional(end->channel) : std::nullopt;
}

/// Where a thread sleeps: by its system call, else by the place in the kernel.
void find_wait(thread_sample& thread, const process_facts& process, const std::string& home, const std::string& task) {
    const std::string place = read_file(task + "/wchan").value_or("");
    const call in = parse_call(read_file(task + "/syscall").value_or(""));
    if (in.doing == activity::running) {
        thread.doing = activity::running; // it has been woken since
        return;
    }
    thread.doing = in.doing != activity::asleep ? in.doing : activity_at(place);
    thread.call = in.name;
    thread.descriptor = in.descriptor;
    if (in.second >= 0 && activity_at(place) == activity::writes) {
        thread.doing = activity::writes;
        thread.descriptor = in.second;
    }
    if (thread.descriptor >= 0) {
        thread.subject = read_link(home + "/fd/" + std::to_string(thread.descriptor));
        thread.channel = channel_at(process, thread.descriptor, thread.doing == activity::writes);
    }
}

std::uint64_t nanoseconds_of(std::uint64_t ticks) {
    return ticks * (1'000'000'000U / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
}

thread_sample look_at_thread(const process_facts& process, const std::string& home, std::uint32_t tid) {
    const std::string task = home + "/task/" + std::to_string(tid);
    thread_sample thread{.tid = tid};
    const auto line = parse_stat(read_file(task + "/stat").value_or(""));
    if (!line) {
        thread.doing = activity::ended;
        return thread;
    }
    thread.doing = activity_of_state(line->state);
    if (thread.doing == activity::asleep) {
        find_wait(thread, process, home, task);
    }
    if (const auto times = read_file(task + "/schedstat")) {
        thread.on_cpu = number_in(*times);
        thread.in_queue = number_in(std::string_view(*times).substr(std::min(times->find(' ') + 1, times->size())));
    } else {
        thread.on_cpu = nanoseconds_of(line->ticks);
    }
    return thread;
}

} // namespace

observer::observer(std::string root) : root_(std::move(root)) {}

windpipe::result<std::vector<process_facts>> observer::everybody() const {
    const auto pids = numbers_in(root_);
    if (!pids || pids->empty()) {
        const int reason = pids ? ENOENT : errno;
        return std::unexpected(windpipe::error{{reason, std::system_category()}, "look at processes", root_});
    }
    const peers sockets = socket_peers();
    std::vector<process_facts> all;
    for (const process_id pid : *pids) {
        if (pid == static_cast<process_id>(::getpid())) {
            continue; // that we share the standard error of a shell with its pipeline says nothing
        }
        if (auto process = facts_of(root_, pid, sockets)) {
            all.push_back(std::move(*process));
        }
    }
    return all;
}

std::optional<process_facts> observer::identify(process_id pid) const { return facts_of(root_, pid, socket_peers()); }

std::vector<process_id> observer::children(process_id pid) const {
    std::vector<process_id> found;
    const std::string tasks = root_ + '/' + std::to_string(pid) + "/task";
    for (const std::uint32_t tid : numbers_in(tasks).value_or(std::vector<std::uint32_t>())) {
        const std::string text = read_file(tasks + '/' + std::to_string(tid) + "/children").value_or("");
        for (std::string_view rest = text; const auto child = number_in<process_id>(rest);) {
            found.push_back(*child);
            rest.remove_prefix(std::min(rest.find(' '), rest.size() - 1) + 1);
        }
    }
    return found;
}

std::optional<file_position> observer::input_of(process_id pid) const {
    const std::string home = root_ + '/' + std::to_string(pid);
    const auto state = read_file(home + "/fdinfo/0");
    const auto position = state ? number_after(*state, "pos:") : std::nullopt;
    struct stat facts = {};
    if (!position || ::stat((home + "/fd/0").c_str(), &facts) != 0 || !S_ISREG(facts.st_mode) || facts.st_size == 0) {
        return std::nullopt;
    }
    return file_position{*position, static_cast<std::uint64_t>(facts.st_size)};
}

process_sample observer::look(const process_facts& process) const {
    const std::string home = root_ + '/' + std::to_string(process.pid);
    process_sample seen{.pid = process.pid, .began = process.began, .threads = {}};
    const auto line = parse_stat(read_file(home + "/stat").value_or(""));
    if (!line || line->began != process.began) {
        return seen; // it has ended, and its number may have another one now
    }
    for (const std::uint32_t tid : numbers_in(home + "/task").value_or(std::vector<std::uint32_t>())) {
        seen.threads.push_back(look_at_thread(process, home, tid));
    }
    if (const auto moved = read_file(home + "/io")) {
        seen.bytes_read = number_after(*moved, "rchar:");
        seen.bytes_written = number_after(*moved, "wchar:");
    }
    seen.children_cpu = nanoseconds_of(line->children_ticks);
    seen.whole_cpu = nanoseconds_of(line->ticks) + seen.children_cpu;
    seen.resident = line->pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return seen;
}

} // namespace windpipe_tool::xray

#include "tree.hpp"

#include <windpipe/handle.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace windpipe_tool::tree {

namespace {

struct process {
    pid_t parent = 0;
    bool ended = false;
    std::string born; // its start time: with the pid, a name that nobody gets again
};

std::optional<std::string> text_of(const std::string& path) {
    std::ifstream file(path);
    std::string text;
    std::getline(file, text, '\0'); // of a process that has just ended the read fails, which an iterator would throw
    return !file.bad() && !text.empty() ? std::optional(std::move(text)) : std::nullopt;
}

/// What /proc/PID/stat says of it: state, parent and start time are the fields 3, 4 and 22; the name before them may
/// hold anything (proc(5)).
std::optional<process> look_at(pid_t pid) {
    const auto text = text_of("/proc/" + std::to_string(pid) + "/stat");
    if (!text || text->rfind(')') == std::string::npos) {
        return std::nullopt;
    }
    std::vector<std::string_view> fields;
    std::string_view rest = std::string_view(*text).substr(text->rfind(')') + 1);
    while (fields.size() < 20 && !rest.empty()) {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        const std::size_t end = std::min(rest.find(' '), rest.size());
        fields.push_back(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    if (fields.size() < 20) {
        return std::nullopt;
    }
    process found;
    std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), found.parent);
    found.ended = fields[0] == "Z" || fields[0] == "X";
    found.born = fields[19];
    return found;
}

/// Our descendants. Those hidden from us (hidepid) are missed.
std::vector<std::pair<pid_t, process>> descendants() {
    std::map<pid_t, process> all;
    std::error_code failed;
    for (std::filesystem::directory_iterator entry("/proc", failed), none; !failed && entry != none;
         entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        pid_t pid = 0;
        const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (wrong == std::errc() && end == name.data() + name.size()) {
            if (auto found = look_at(pid)) {
                all.emplace(pid, std::move(*found));
            }
        }
    }
    std::vector<std::pair<pid_t, process>> ours;
    for (const auto& [pid, found] : all) {
        auto up = all.find(found.parent);
        for (std::size_t steps = 0; up != all.end() && up->first != getpid() && steps < all.size(); ++steps) {
            up = all.find(up->second.parent);
        }
        if (up != all.end() && up->first == getpid()) {
            ours.emplace_back(pid, found);
        }
    }
    return ours;
}

/// By a handle, so that no stranger is hit who has got the pid meanwhile.
bool send(pid_t pid, const process& what, int signal) {
    const windpipe::unique_handle handle(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    const auto now = look_at(pid);
    return handle && now && now->born == what.born &&
           syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0) == 0;
}

int number_of(asked what) {
    switch (what) {
    case asked::interrupt:
        return SIGINT;
    case asked::quit:
        return SIGQUIT;
    case asked::hang_up:
        return SIGHUP;
    case asked::suspend:
        return SIGTSTP;
    case asked::resume:
        return SIGCONT;
    default:
        return SIGTERM;
    }
}

} // namespace

void hold() { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

void tell(asked what, std::span<const std::uint32_t> stages) {
    const bool may_be_stopped = what != asked::suspend && what != asked::resume; // then it would never hear of it
    std::set<std::uint32_t> told;
    for (const auto& [pid, found] : descendants()) {
        if (!found.ended) {
            send(pid, found, number_of(what));
            if (may_be_stopped) {
                send(pid, found, SIGCONT);
            }
        }
        told.insert(static_cast<std::uint32_t>(pid));
    }
    for (const std::uint32_t stage : stages) {
        if (!told.contains(stage)) { // our own child: its number is nobody else's until we reap it
            ::kill(static_cast<pid_t>(stage), number_of(what));
            if (may_be_stopped) {
                ::kill(static_cast<pid_t>(stage), SIGCONT);
            }
        }
    }
}

void kill() {
    // Again until there is nobody new: one that was about to start another may have done so meanwhile.
    std::set<std::pair<pid_t, std::string>> killed;
    for (bool found_more = true; found_more;) {
        found_more = false;
        for (const auto& [pid, found] : descendants()) {
            if (!found.ended && killed.emplace(pid, found.born).second) {
                found_more = send(pid, found, SIGKILL) || found_more;
            }
        }
    }
}

bool lives() {
    return std::ranges::any_of(descendants(), [](const auto& each) { return !each.second.ended; });
}

void reap(std::span<const std::uint32_t> stages) {
    while (true) {
        siginfo_t ended = {};
        if (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0 ||
            std::ranges::find(stages, static_cast<std::uint32_t>(ended.si_pid)) != stages.end()) {
            return;
        }
        waitpid(ended.si_pid, nullptr, WNOHANG);
    }
}

std::optional<std::uint64_t> bytes_moved(std::span<const std::uint32_t> /*stages*/) {
    const auto all = descendants();
    if (all.empty()) {
        return std::nullopt; // no /proc: a stage is there
    }
    std::uint64_t sum = 0;
    for (const auto& [pid, found] : all) {
        const auto counted = io_of(static_cast<std::uint32_t>(pid));
        if (!counted && !found.ended && look_at(pid)) { // it has not just ended
            return std::nullopt;
        }
        sum += counted ? counted->read + counted->written : 0;
    }
    return sum;
}

std::optional<io_counters> io_of(std::uint32_t stage) {
    std::ifstream file("/proc/" + std::to_string(stage) + "/io");
    std::string read;
    std::string written;
    io_counters counted;
    const bool told = static_cast<bool>(file >> read >> counted.read >> written >> counted.written);
    return told && read == "rchar:" && written == "wchar:" ? std::optional(counted) : std::nullopt;
}

} // namespace windpipe_tool::tree

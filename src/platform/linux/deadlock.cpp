#include "deadlock.hpp"

#include "proc.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <new>
#include <optional>

namespace windpipe::platform {

namespace {

std::string link_of(int directory, const std::string& path) {
    std::array<char, PATH_MAX> text;
    const ssize_t size = ::readlinkat(directory, path.c_str(), text.data(), text.size());
    return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

/// The pipe for whose room a thread waits in a write; empty: for no such thing, or it is not told.
///
/// A thread that is asleep in a write to a pipe that may wait has found it full, and stays so until somebody reads.
/// Source: /proc/pid/syscall ("running", or the number of the call and its arguments), /proc/pid/task in proc(5).
std::string awaited_pipe(int processes, const std::string& thread) {
    std::array<char, 512> text{};
    std::string_view call = quiet_read(processes, thread + "/syscall", text);
    const auto word = [&call] {
        const std::string_view first = call.substr(0, call.find(' '));
        call.remove_prefix(std::min(first.size() + 1, call.size()));
        return first;
    };
    constexpr std::array<long, 3> writes{SYS_write, SYS_writev, SYS_pwritev2};
    const std::string_view number = word();
    const std::string_view first = word();
    if (!first.starts_with("0x") || std::ranges::find(writes, number_of<long>(number)) == writes.end()) {
        return {};
    }
    const std::string descriptor = std::to_string(number_of<unsigned long>(first.substr(2), 16));
    std::array<char, 1024> facts{};
    const bool may_wait = (flags_in(quiet_read(processes, thread + "/fdinfo/" + descriptor, facts)) & O_NONBLOCK) == 0;
    std::array<char, 1024> status{};
    const std::string_view state = quiet_read(processes, thread + "/stat", status);
    const std::size_t name_end = state.rfind(')');
    const bool sleeps = name_end != std::string_view::npos && state.substr(name_end).starts_with(") S ");
    return may_wait && sleeps ? link_of(processes, thread + "/fd/" + descriptor) : std::string();
}

/// Those of all threads of a process; none if one of them waits for something else.
std::vector<std::string> awaited_pipes(int processes, std::uint32_t process) {
    const std::string tasks = std::to_string(process) + "/task";
    const quiet_handle list{::openat(processes, tasks.c_str(), list_flags)};
    const auto next = [&](char* into, std::size_t size) { return ::getdents64(list.fd, into, size); };
    std::vector<std::string> pipes;
    bool all = true;
    const bool listed = list.fd != -1 && each_number(next, [&](const char* id) {
                            if (all) {
                                pipes.push_back(awaited_pipe(processes, tasks + '/' + id));
                                all = pipes.back().starts_with("pipe:");
                            }
                        });
    return listed && all ? pipes : std::vector<std::string>();
}

bool is_only_thread(int processes) {
    const quiet_handle list{::openat(processes, "self/task", list_flags)};
    const auto next = [&](char* into, std::size_t size) { return ::getdents64(list.fd, into, size); };
    int count = 0;
    const bool listed = list.fd != -1 && each_number(next, [&](const char* /*id*/) { ++count; });
    return listed && count == 1;
}

/// Who has the read end of `pipe`, if all of them wait for room in pipes that only such processes, and we, can read
/// (and so on). We wait too: nobody ever moves. Throws std::bad_alloc.
std::optional<holder_list> stuck_readers(int processes, const std::string& pipe) {
    const auto self = static_cast<std::uint32_t>(::getpid());
    const std::uint64_t since = stat_number(processes, "self", 22);
    std::optional<holder_list> first;
    std::vector<std::uint32_t> seen;
    std::vector<std::string> known{pipe};
    for (std::vector<std::string> next = known; !next.empty();) {
        const auto found = holders_of_links(std::exchange(next, {}), O_RDONLY, since);
        if (!found || !found->complete || found->known.empty()) {
            return std::nullopt;
        }
        for (const holder& reader : found->known) {
            if (reader.pid == self && !first) {
                return std::nullopt; // our own pipe: a thread of ours may read it
            }
            if (reader.pid == self || std::ranges::find(seen, reader.pid) != seen.end()) {
                continue;
            }
            seen.push_back(reader.pid);
            const auto awaited = awaited_pipes(processes, reader.pid);
            if (awaited.empty()) {
                return std::nullopt;
            }
            for (const std::string& each : awaited) {
                if (std::ranges::find(known, each) == known.end()) {
                    known.push_back(each);
                    next.push_back(each);
                }
            }
        }
        if (!first) {
            first = *found;
        }
    }
    return first;
}

} // namespace

// A process that got the end from one who stands still now, and began with a lower number than ours of the search, was
// there before the second look, and is met by that.
bool deadlock_search::look(int writer) noexcept {
    distance_ *= 2;
    next_ = distance_;
    try {
        const unique_handle processes(sys::open("/proc", list_flags));
        if (!processes || (wish_ == deadlock_watch::if_alone && !is_only_thread(processes.get()))) {
            return false;
        }
        const std::string pipe = link_of(processes.get(), "self/fd/" + std::to_string(writer));
        if (!pipe.starts_with("pipe:") || !stuck_readers(processes.get(), pipe)) {
            return false;
        }
        const auto again = stuck_readers(processes.get(), pipe);
        readers_ = again ? again->text() : "";
        return again.has_value();
    } catch (const std::bad_alloc&) {
        return false; // to know nothing is no reason to fail
    }
}

error deadlock_search::failure(std::string_view operation) const {
    return {std::make_error_code(std::errc::resource_deadlock_would_occur), operation,
            "whoever could read this waits for room in a pipe that this process does not read: " + readers_};
}

} // namespace windpipe::platform

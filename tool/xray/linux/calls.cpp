#include "xray/linux/calls.hpp"

#include "xray/linux/proc_files.hpp"

#include <algorithm>
#include <array>

#include <sys/syscall.h>

namespace windpipe_tool::xray {

namespace {

struct known_call {
    long number;
    activity doing;
    std::string_view name;
    int descriptor = -1; ///< which argument it is
    int second = -1;
};

constexpr auto known_calls = std::to_array<known_call>({
    {SYS_read, activity::reads, "read", 0},
    {SYS_readv, activity::reads, "readv", 0},
    {SYS_preadv2, activity::reads, "preadv2", 0},
    {SYS_recvfrom, activity::reads, "recvfrom", 0},
    {SYS_recvmsg, activity::reads, "recvmsg", 0},
    {SYS_write, activity::writes, "write", 0},
    {SYS_writev, activity::writes, "writev", 0},
    {SYS_pwritev2, activity::writes, "pwritev2", 0},
    {SYS_sendto, activity::writes, "sendto", 0},
    {SYS_sendmsg, activity::writes, "sendmsg", 0},
    {SYS_vmsplice, activity::writes, "vmsplice", 0},
    {SYS_splice, activity::reads, "splice", 0, 2},
    {SYS_tee, activity::reads, "tee", 0, 1},
    {SYS_sendfile, activity::reads, "sendfile", 1, 0},
    {SYS_copy_file_range, activity::other, "copy_file_range"},
    {SYS_ppoll, activity::polls, "ppoll"},
    {SYS_pselect6, activity::polls, "pselect6"},
    {SYS_epoll_pwait, activity::polls, "epoll_pwait"},
    {SYS_epoll_pwait2, activity::polls, "epoll_pwait2"},
    {SYS_rt_sigsuspend, activity::timer, "rt_sigsuspend"},
    {SYS_rt_sigtimedwait, activity::timer, "rt_sigtimedwait"},
    {SYS_wait4, activity::child, "wait4"},
    {SYS_waitid, activity::child, "waitid"},
    {SYS_futex, activity::threads, "futex"},
    {SYS_nanosleep, activity::timer, "nanosleep"},
    {SYS_clock_nanosleep, activity::timer, "clock_nanosleep"},
    {SYS_accept, activity::other, "accept"},
    {SYS_accept4, activity::other, "accept4"},
    {SYS_connect, activity::other, "connect"},
    {SYS_openat, activity::other, "openat"},
    {SYS_fsync, activity::other, "fsync"},
    {SYS_fdatasync, activity::other, "fdatasync"},
    {SYS_flock, activity::other, "flock"},
    {SYS_fcntl, activity::other, "fcntl"},
    {SYS_ioctl, activity::other, "ioctl"},
});

} // namespace

call parse_call(std::string_view text) {
    std::array<std::string_view, 7> words;
    for (std::string_view& word : words) {
        text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
        word = text.substr(0, text.find_first_of(" \n"));
        text.remove_prefix(word.size());
    }
    if (words[0] == "running") {
        return {.doing = activity::running};
    }
    const auto number = number_in<long>(words[0]);
    const auto argument = [&](int place) {
        std::string_view digits = place < 0 ? std::string_view() : words[static_cast<std::size_t>(place) + 1];
        digits.remove_prefix(std::min<std::size_t>(2, digits.size())); // 0x
        return static_cast<int>(number_in(digits, 16).value_or(~0ULL));
    };
    const auto* const known =
        std::ranges::find_if(known_calls, [&](const known_call& each) { return number == each.number; });
    if (known == known_calls.end()) {
        return {}; // poll, select and others that not every processor has: wchan tells
    }
    return {.doing = known->doing,
            .name = std::string(known->name),
            .descriptor = argument(known->descriptor),
            .second = argument(known->second)};
}

activity activity_at(std::string_view place) {
    const auto has = [&](std::string_view part) { return place.find(part) != std::string_view::npos; };
    if (place.empty() || place == "0") {
        return activity::asleep;
    }
    if (has("pipe_read") || has("pipe_wait_readable")) {
        return activity::reads;
    }
    if (has("pipe_write") || has("pipe_wait_writable")) {
        return activity::writes;
    }
    if (has("poll") || has("select")) {
        return activity::polls;
    }
    return has("futex")                           ? activity::threads // futex_do_wait, too
           : has("do_wait")                       ? activity::child
           : has("nanosleep") || has("sys_pause") ? activity::timer
                                                  : activity::other;
}

} // namespace windpipe_tool::xray

#include "control_group.hpp"
#include "descriptors.hpp"
#include "reaper.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

namespace {

exit_status status_of(int code, int value) {
    return code == CLD_EXITED ? exit_status::exited(static_cast<std::uint32_t>(value))
                              : exit_status::signalled(value, code == CLD_DUMPED);
}

/// The state of a process that somebody else has reaped. From kernel 6.15 on a pidfd still tells it.
/// Source: PIDFD_GET_INFO, PIDFD_INFO_EXIT in linux/pidfd.h, which this libc does not have.
std::optional<exit_status> status_after_reaping(int pidfd) {
    struct {
        std::uint64_t mask = 1U << 3U; // PIDFD_INFO_EXIT
        std::uint64_t cgroup = 0;
        std::uint32_t ids[11] = {};
        std::int32_t exit_code = 0;
    } info;
    static_assert(sizeof info == 64); // PIDFD_INFO_SIZE_VER0
    constexpr unsigned long get_info = _IOC(_IOC_READ | _IOC_WRITE, 0xFF, 11, sizeof info);
    if (sys::ioctl(pidfd, get_info, &info) == -1 || (info.mask & (1U << 3U)) == 0) {
        return std::nullopt;
    }
    return WIFEXITED(info.exit_code) ? exit_status::exited(static_cast<std::uint32_t>(WEXITSTATUS(info.exit_code)))
                                     : exit_status::signalled(WTERMSIG(info.exit_code), WCOREDUMP(info.exit_code));
}

/// To the group that `what` was started as the leader of: 0 or errno, ESRCH when nobody is in it.
int signal_group(const process& what, int number) {
    constexpr unsigned to_group = 1U << 2U; // PIDFD_SIGNAL_PROCESS_GROUP, from kernel 6.9 on
    int sent = sys::pidfd_send_signal(what.handle.get(), number, to_group);
    if (sent == -1 && errno == EINVAL) {
        // Not reaped, so its number, which is the group's, still belongs to it.
        sent = sys::kill(-static_cast<pid_t>(what.id), number);
    }
    return sent == -1 ? errno : 0;
}

std::chrono::nanoseconds duration_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

} // namespace

result<std::optional<exit_report>> reap(process& what) {
    siginfo_t info{};
    rusage usage{};
    exit_report report;
    const auto now = deadline::clock::now();
    report.ended = now.time_since_epoch();
    report.usage.wall = now - what.started;
    if (sys::waitid(P_PIDFD, static_cast<id_t>(what.handle.get()), &info, WEXITED | WNOHANG, &usage) == -1) {
        if (errno != ECHILD) {
            return sys::failed("wait");
        }
        const auto status = status_after_reaping(what.handle.get());
        if (!status) {
            return sys::failed(
                "wait", ECHILD,
                "somebody else has reaped this child: SIGCHLD is ignored, or another part of the program "
                "waits for any child");
        }
        report.status = *status;
        remove_control_group(what);
        return report;
    }
    if (info.si_pid == 0) {
        return std::nullopt;
    }
    remove_control_group(what);
    constexpr std::uint64_t kibibyte = 1024;
    report.status = status_of(info.si_code, info.si_status);
    report.usage.user = duration_of(usage.ru_utime);
    report.usage.system = duration_of(usage.ru_stime);
    report.usage.max_resident_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * kibibyte;
    return report;
}

bool ended_by_closed_pipe(const exit_report& what, const exit_report& /*reader*/) noexcept {
    return what.status.signal() == SIGPIPE;
}

result<void> wait_ended(const process& what, interruption& interrupted) {
    if (what.id != 0 && cannot_be_called_off(interrupted)) {
        siginfo_t info{};
        (void)sys::waitid(P_PIDFD, static_cast<id_t>(what.handle.get()), &info, WEXITED | WNOWAIT, nullptr);
        return {}; // reap() says what is wrong, if anything is
    }
    return wait_for(what.handle.get(), POLLIN, interrupted, "wait");
}

// A leader can leave its group (setpgid(2)) or take rights that we lack while another member can be reached: that the
// group got a signal does not say that the leader did. What is to die gets one of its own.
result<void> signal(const process& what, signal_kind kind) {
    const bool force = kind == signal_kind::force;
    const int number = force ? SIGKILL : SIGTERM;
    result<void> of_all;
    if (force && what.in_control_group) {
        of_all = kill_control_group(what);
    }
    const int of_group = what.leads_group ? signal_group(what, number) : ESRCH;
    if (force || of_group == ESRCH) {
        if (sys::pidfd_send_signal(what.handle.get(), number, 0) == -1 && errno != ESRCH) {
            return sys::failed(force ? "kill" : "terminate");
        }
    }
    if (of_group != 0 && of_group != ESRCH) {
        return sys::failed(force ? "kill" : "terminate", of_group, "the process group of the child");
    }
    return of_all;
}

void abandon(process&& what) noexcept {
    remove_control_group(what);
    reap_later(std::move(what.handle));
}

} // namespace windpipe::platform

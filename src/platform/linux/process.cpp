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

std::chrono::nanoseconds duration_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

} // namespace

result<std::optional<exit_report>> reap(process& what) {
    siginfo_t info{};
    rusage usage{};
    exit_report report;
    report.usage.wall = deadline::clock::now() - what.started;
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
        return report;
    }
    if (info.si_pid == 0) {
        return std::nullopt;
    }
    constexpr std::uint64_t kibibyte = 1024;
    report.status = status_of(info.si_code, info.si_status);
    report.usage.user = duration_of(usage.ru_utime);
    report.usage.system = duration_of(usage.ru_stime);
    report.usage.max_resident_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * kibibyte;
    return report;
}

result<void> wait_ended(const process& what, interruption& interrupted) {
    if (cannot_be_called_off(interrupted)) {
        siginfo_t info{};
        (void)sys::waitid(P_PIDFD, static_cast<id_t>(what.handle.get()), &info, WEXITED | WNOWAIT, nullptr);
        return {}; // reap() says what is wrong, if anything is
    }
    return wait_for(what.handle.get(), POLLIN, interrupted, "wait");
}

result<void> signal(const process& what, signal_kind kind) {
    const int number = kind == signal_kind::ask ? SIGTERM : SIGKILL;
    constexpr unsigned to_group = 1U << 2U; // PIDFD_SIGNAL_PROCESS_GROUP, from kernel 6.9 on
    int sent = sys::pidfd_send_signal(what.handle.get(), number, what.leads_group ? to_group : 0);
    if (sent == -1 && errno == EINVAL && what.leads_group) {
        // Not reaped, so its number, which is the group's, still belongs to it.
        sent = sys::kill(-static_cast<pid_t>(what.id), number);
    }
    if (sent == -1 && errno != ESRCH) {
        return sys::failed(kind == signal_kind::ask ? "terminate" : "kill");
    }
    return {};
}

void abandon(process&& what) noexcept { reap_later(std::move(what.handle)); }

} // namespace windpipe::platform

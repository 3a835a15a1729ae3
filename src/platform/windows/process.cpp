#include "job.hpp"
#include "waiting.hpp"

#include <array>

namespace windpipe::platform {

namespace {

/// The exit code of what signal() kills. Its upper half is "windpipe kills" to nobody else.
constexpr UINT killed_code = 0x5750'0009;
constexpr int kill_number = 9;

constexpr std::int64_t ticks(const FILETIME& time) noexcept {
    return static_cast<std::int64_t>((static_cast<std::uint64_t>(time.dwHighDateTime) << 32U) | time.dwLowDateTime);
}

constexpr std::chrono::nanoseconds duration_of(std::int64_t hundreds_of_nanoseconds) noexcept {
    return std::chrono::nanoseconds(hundreds_of_nanoseconds * 100);
}

bool has_ended(HANDLE process) noexcept { return sys::wait_for_one(process, 0) == WAIT_OBJECT_0; }

} // namespace

// The process is left its handle, for those who still wait. Its job is let go: who waits for a process leaves alone
// what that has started, as everywhere.
result<std::optional<exit_report>> reap(process& what) {
    const HANDLE handle = what.handle.get();
    const DWORD state = sys::wait_for_one(handle, 0);
    if (state == WAIT_TIMEOUT) {
        return std::nullopt;
    }
    DWORD code = 0;
    if (state == WAIT_FAILED || !sys::get_exit_code(handle, &code)) {
        return sys::failed("wait");
    }
    FILETIME started{};
    FILETIME ended{};
    FILETIME kernel{};
    FILETIME user{};
    if (!sys::get_process_times(handle, &started, &ended, &kernel, &user)) {
        return sys::failed("wait");
    }
    PROCESS_MEMORY_COUNTERS memory{};
    (void)sys::get_process_memory(handle, &memory); // zero where the system has forgotten it with the process's memory
    if (what.job && !release_job(what.job)) {
        return sys::failed("wait");
    }
    return exit_report{
        .status = code == killed_code ? exit_status::signalled(kill_number) : exit_status::exited(code),
        .usage = {.wall = duration_of(ticks(ended) - ticks(started)),
                  .user = duration_of(ticks(user)),
                  .system = duration_of(ticks(kernel)),
                  .max_resident_bytes = memory.PeakWorkingSetSize},
        .ended = duration_of(ticks(ended)),
    };
}

bool ended_by_closed_pipe(const exit_report& what, const exit_report& reader) noexcept {
    return what.status.code().value_or(0) != 0 && reader.ended <= what.ended;
}

result<void> wait_ended(const process& what, interruption& interrupted) {
    if (has_ended(what.handle.get())) {
        return {};
    }
    const auto waker = interrupted.arm();
    if (!waker) {
        return std::unexpected(waker.error());
    }
    const std::array<HANDLE, 2> handles{what.handle.get(), (*waker)->handle()};
    while (true) {
        if (const auto why = interrupted.why()) {
            return std::unexpected(interruption::gave_up(*why, "wait"));
        }
        switch (sys::wait_for_any(2, handles.data(), milliseconds_until(interrupted.until()))) {
        case WAIT_OBJECT_0:
            return {};
        case WAIT_OBJECT_0 + 1:
            (*waker)->clear();
            break;
        case WAIT_FAILED:
            return sys::failed("wait");
        default: // WAIT_TIMEOUT
            break;
        }
    }
}

namespace {

result<void> ask(const process& what) {
    if (!what.leads_group) {
        return sys::failed("terminate", ERROR_NOT_SUPPORTED,
                           "it shares our process group, so that Ctrl-Break would reach us too");
    }
    // The number is still its own: our handle keeps it from being given to another process.
    if (!sys::send_console_event(CTRL_BREAK_EVENT, what.id)) {
        return sys::failed("terminate", ERROR_NOT_SUPPORTED,
                           "it shares no console with us, by which Ctrl-Break could reach it");
    }
    return {};
}

} // namespace

// Ended already: its tree may live on, which force kills all the same.
result<void> signal(const process& what, signal_kind kind) {
    if (kind == signal_kind::ask) {
        return has_ended(what.handle.get()) ? result<void>{} : ask(what);
    }
    if (sys::terminate_job(what.job.get(), killed_code) || sys::terminate_process(what.handle.get(), killed_code)) {
        return {};
    }
    const DWORD code = ::GetLastError(); // that a process has ended already is "access denied" to TerminateProcess
    return has_ended(what.handle.get()) ? result<void>{} : sys::failed("kill", code);
}

void abandon(process&& what) noexcept {
    process mine = std::move(what);
    if (!release_job(mine.job)) {
        (void)mine.job.release(); // to close it would kill: rather one handle too many until we end
    }
}

} // namespace windpipe::platform

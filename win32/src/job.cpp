#include "last_error.hpp"
#include "named.hpp"
#include "process.hpp"
#include "table.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <mutex>
#include <string>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace windpipe::win32 {

namespace {

/// What a process has started and what that has started. Source: /proc/pid/task/tid/children in proc(5).
void kill_descendants(pid_t process) {
    const std::string id = std::to_string(process);
    std::ifstream list("/proc/" + id + "/task/" + id + "/children");
    for (pid_t child = 0; list >> child;) {
        const unique_handle held(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
        kill_descendants(child);
        if (held) {
            (void)::syscall(SYS_pidfd_send_signal, held.get(), SIGKILL, nullptr, 0);
        }
    }
}

/// What the handles of one job share.
class job_state {
public:
    ~job_state() {
        if (kills_on_close) {
            terminate(0);
        }
    }
    job_state() = default;
    job_state(const job_state&) = delete;
    job_state& operator=(const job_state&) = delete;

    void add(std::shared_ptr<process_state> process) {
        const std::lock_guard lock(guard_);
        std::erase_if(members_, [](const auto& one) { return one->exit_code() != STILL_ACTIVE; });
        members_.push_back(std::move(process));
    }

    void terminate(DWORD code) {
        const std::lock_guard lock(guard_);
        for (const auto& one : members_) {
            if (one->exit_code() == STILL_ACTIVE) {
                kill_descendants(one->id());
                (void)one->terminate(code);
            }
        }
        members_.clear();
    }

    [[nodiscard]] bool has(const process_state& process) {
        const std::lock_guard lock(guard_);
        return std::ranges::any_of(members_, [&](const auto& one) { return one.get() == &process; });
    }

    std::atomic<bool> kills_on_close{false};

private:
    std::mutex guard_;
    std::vector<std::shared_ptr<process_state>> members_;
};

/// Its descriptor is for its number alone.
class job final : public entry {
public:
    job(unique_handle descriptor, ACCESS_MASK access, std::shared_ptr<job_state> state) noexcept
        : entry(kind::job, std::move(descriptor), access), state_(std::move(state)) {}

    [[nodiscard]] job_state& state() const noexcept { return *state_; }
    [[nodiscard]] std::unique_ptr<entry> copy(unique_handle descriptor) const override {
        return std::make_unique<job>(std::move(descriptor), access(), state_);
    }
    [[nodiscard]] ACCESS_MASK mapped(ACCESS_MASK generic) const noexcept override {
        constexpr ACCESS_MASK writes =
            READ_CONTROL | JOB_OBJECT_ASSIGN_PROCESS | JOB_OBJECT_SET_ATTRIBUTES | JOB_OBJECT_TERMINATE;
        return mapped_for_object(generic & ~(GENERIC_READ | GENERIC_WRITE), JOB_OBJECT_ALL_ACCESS) |
               ((generic & GENERIC_READ) != 0 ? READ_CONTROL | JOB_OBJECT_QUERY : 0) |
               ((generic & GENERIC_WRITE) != 0 ? writes : 0);
    }

private:
    std::shared_ptr<job_state> state_;
};

/// The job behind a handle if it has this right. *Returns*: none with the last error set.
const job* job_with(const use& found, ACCESS_MASK right) {
    const job* const known = found.as<job>(kind::job);
    if (known == nullptr || !known->allows(right)) {
        fail(known == nullptr ? ERROR_INVALID_HANDLE : ERROR_ACCESS_DENIED);
        return nullptr;
    }
    return known;
}

/// Either structure begins with the basic one, which alone cannot tell of killing.
BOOL set_limits(job_state& state, const JOBOBJECT_BASIC_LIMIT_INFORMATION& limits, bool basic) {
    if (basic && (limits.LimitFlags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) != 0) {
        return fail(ERROR_INVALID_PARAMETER);
    }
    if ((limits.LimitFlags & ~DWORD{JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE}) != 0) {
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    state.kills_on_close = (limits.LimitFlags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) != 0;
    return TRUE;
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;
using windpipe::unique_handle;

extern "C" {

HANDLE WINAPI CreateJobObjectW(LPSECURITY_ATTRIBUTES lpJobAttributes, LPCWSTR lpName) {
    return create_object(lpJobAttributes, lpName, [&]() -> std::unique_ptr<entry> {
        unique_handle made(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        return made ? std::make_unique<job>(std::move(made), JOB_OBJECT_ALL_ACCESS, std::make_shared<job_state>())
                    : nullptr;
    });
}
HANDLE WINAPI CreateJobObjectA(LPSECURITY_ATTRIBUTES lpJobAttributes, LPCSTR lpName) {
    return CreateJobObjectW(lpJobAttributes, lpName != nullptr ? L"" : nullptr);
}

BOOL WINAPI AssignProcessToJobObject(HANDLE hJob, HANDLE hProcess) {
    const use found(hJob);
    const job* const known = job_with(found, JOB_OBJECT_ASSIGN_PROCESS);
    if (known == nullptr) {
        return FALSE;
    }
    const use other(hProcess);
    const process* const member = other.as<process>(kind::process);
    if (member == nullptr && hProcess != GetCurrentProcess()) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if (member == nullptr || member->is_own()) { // it would have to outlive itself to end itself
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    if (member->state().exit_code() != STILL_ACTIVE) {
        return fail(ERROR_ACCESS_DENIED);
    }
    try {
        known->state().add(member->shared_state());
        return TRUE;
    } catch (const std::bad_alloc&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

BOOL WINAPI SetInformationJobObject(HANDLE hJob, JOBOBJECTINFOCLASS JobObjectInformationClass,
                                    LPVOID lpJobObjectInformation, DWORD cbJobObjectInformationLength) {
    const use found(hJob);
    const job* const known = job_with(found, JOB_OBJECT_SET_ATTRIBUTES);
    if (known == nullptr) {
        return FALSE;
    }
    const bool basic = JobObjectInformationClass == JobObjectBasicLimitInformation;
    if (!basic && JobObjectInformationClass != JobObjectExtendedLimitInformation) {
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    if (cbJobObjectInformationLength !=
        (basic ? sizeof(JOBOBJECT_BASIC_LIMIT_INFORMATION) : sizeof(JOBOBJECT_EXTENDED_LIMIT_INFORMATION))) {
        return fail(ERROR_BAD_LENGTH);
    }
    if (lpJobObjectInformation == nullptr) {
        return fail(ERROR_NOACCESS);
    }
    return set_limits(known->state(), *static_cast<const JOBOBJECT_BASIC_LIMIT_INFORMATION*>(lpJobObjectInformation),
                      basic);
}

BOOL WINAPI TerminateJobObject(HANDLE hJob, UINT uExitCode) {
    const use found(hJob);
    const job* const known = job_with(found, JOB_OBJECT_TERMINATE);
    if (known == nullptr) {
        return FALSE;
    }
    known->state().terminate(uExitCode);
    return TRUE;
}

BOOL WINAPI IsProcessInJob(HANDLE ProcessHandle, HANDLE JobHandle, PBOOL Result) {
    const use found(JobHandle);
    const use other(ProcessHandle);
    const process* const member = other.as<process>(kind::process);
    const bool is_self = ProcessHandle == GetCurrentProcess();
    if (member == nullptr && !is_self) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if (JobHandle == nullptr) { // any job at all
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    const job* const known = job_with(found, JOB_OBJECT_QUERY);
    if (known == nullptr) {
        return FALSE;
    }
    if (Result == nullptr) {
        return fail(ERROR_NOACCESS);
    }
    *Result = member != nullptr && known->state().has(member->state()) ? TRUE : FALSE; // none has this process
    return TRUE;
}

} // extern "C"

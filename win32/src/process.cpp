#include "process.hpp"

#include "agent.hpp"
#include "descriptors.hpp"
#include "last_error.hpp"
#include "named.hpp"
#include "reaper.hpp"
#include "table.hpp"

#include <cerrno>
#include <csignal>
#include <map>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

/// What Windows calls an end by a signal.
DWORD code_of_signal(int signal) noexcept {
    switch (signal) {
    case SIGSEGV:
    case SIGBUS:
        return STATUS_ACCESS_VIOLATION;
    case SIGFPE:
        return STATUS_INTEGER_DIVIDE_BY_ZERO;
    case SIGILL:
        return STATUS_ILLEGAL_INSTRUCTION;
    case SIGINT:
    case SIGTERM:
    case SIGHUP:
        return STATUS_CONTROL_C_EXIT;
    case SIGABRT:
        return 3; // as abort() there
    default:
        return 1;
    }
}

struct register_of_processes {
    std::mutex guard;
    std::map<pid_t, std::weak_ptr<process_state>> known;
};
register_of_processes& processes() {
    static auto* const all = new register_of_processes; // used until the last thread has ended
    return *all;
}

std::shared_ptr<start_block>& own_block() {
    static auto* const block = new std::shared_ptr<start_block>;
    return *block;
}

} // namespace

process_state::process_state(pid_t id, unique_handle pidfd, bool is_ours, std::shared_ptr<start_block> block) noexcept
    : id_(id), pidfd_(std::move(pidfd)), is_ours_(is_ours), block_(std::move(block)) {}

process_state::~process_state() {
    (void)resume();
    if (is_ours_ && !code_ && exit_code() == STILL_ACTIVE && !code_) {
        reap_later(std::move(pidfd_));
    }
}

bool process_state::has_ended() const noexcept {
    pollfd one{pidfd_.get(), POLLIN, 0};
    return ::poll(&one, 1, 0) == 1;
}

DWORD process_state::ended_with(int how, int status) const noexcept {
    if (how == CLD_EXITED) {
        const auto code = static_cast<DWORD>(status);
        return block_ != nullptr ? block_->exit_code(code) : code;
    }
    return status == SIGKILL && forced_ ? *forced_ : code_of_signal(status);
}

DWORD process_state::exit_code() {
    const std::lock_guard lock(guard_);
    if (code_) {
        return *code_;
    }
    siginfo_t ended{};
    if (is_ours_ && ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &ended, WEXITED | WNOHANG) == 0) {
        code_ = ended.si_pid != 0 ? std::optional(ended_with(ended.si_code, ended.si_status)) : std::nullopt;
        return code_.value_or(STILL_ACTIVE);
    }
    if (!has_ended()) {
        return STILL_ACTIVE;
    }
    code_ = forced_.value_or(0); // somebody else's child: the kernel tells its parent alone
    return *code_;
}

DWORD process_state::terminate(DWORD code) {
    if (exit_code() != STILL_ACTIVE || code_) {
        return ERROR_ACCESS_DENIED;
    }
    const std::lock_guard lock(guard_);
    if (!forced_) {
        forced_ = code;
    }
    return ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0) == 0 ? 0 : error_of(errno);
}

void process_state::await_begin() const noexcept {
    constexpr int most = 5000;
    for (int waited = 0; block_ != nullptr && !block_->has_begun() && suspended == 0 && waited < most; ++waited) {
        pollfd one{pidfd_.get(), POLLIN, 0};
        if (::poll(&one, 1, 1) != 0) {
            return; // it has ended
        }
    }
}

DWORD process_state::resume() noexcept {
    const DWORD before = suspended.exchange(0);
    if (before != 0) {
        (void)::write(starter.get(), "", 1);
        starter.reset();
    }
    return before;
}

std::unique_ptr<entry> process::copy(unique_handle descriptor) const {
    return std::make_unique<process>(what(), std::move(descriptor), access(), state_);
}

ACCESS_MASK process::mapped(ACCESS_MASK generic) const noexcept {
    return mapped_for_object(generic, PROCESS_ALL_ACCESS);
}

std::shared_ptr<process_state> known_process(pid_t id) {
    register_of_processes& all = processes();
    const std::lock_guard lock(all.guard);
    const auto found = all.known.find(id);
    auto state = found != all.known.end() ? found->second.lock() : nullptr;
    if (state == nullptr) {
        unique_handle pidfd = park(unique_handle(static_cast<int>(::syscall(SYS_pidfd_open, id, 0))));
        if (pidfd) {
            state = std::make_shared<process_state>(id, std::move(pidfd), false, nullptr);
            all.known[id] = state;
        }
    }
    return state;
}

void remember(const std::shared_ptr<process_state>& state) {
    register_of_processes& all = processes();
    const std::lock_guard lock(all.guard);
    std::erase_if(all.known, [](const auto& one) { return one.second.expired(); });
    all.known[state->id()] = state;
}

std::unique_ptr<entry> own_process() {
    auto state = known_process(::getpid());
    unique_handle pidfd = state != nullptr ? duplicate(state->pidfd()) : unique_handle();
    if (!pidfd) {
        fail_with_errno();
        return nullptr;
    }
    return std::make_unique<process>(kind::process, std::move(pidfd), PROCESS_ALL_ACCESS, std::move(state));
}

bool process::is_own() const noexcept { return state_->id() == ::getpid(); }

void set_own_block(std::shared_ptr<start_block> block) noexcept { own_block() = std::move(block); }

void report_exit(DWORD code) noexcept {
    // A copy that fork() has made is nobody's child of the layer.
    if (own_block() != nullptr && *own_block()->process() == ::getpid()) {
        own_block()->set_exit_code(code);
    }
}

} // namespace windpipe::win32

using namespace windpipe::win32;
using windpipe::unique_handle;

extern "C" {

HANDLE WINAPI GetCurrentProcess(VOID) { return reinterpret_cast<HANDLE>(static_cast<LONG_PTR>(-1)); }
DWORD WINAPI GetCurrentProcessId(VOID) {
    start_agent(); // whoever is told it may want to reach us by it
    return static_cast<DWORD>(::getpid());
}

DWORD WINAPI GetProcessId(HANDLE Process) {
    if (Process == GetCurrentProcess()) {
        return GetCurrentProcessId();
    }
    const use found(Process);
    const process* const known = found.as<process>(kind::process);
    if (known == nullptr) {
        fail(ERROR_INVALID_HANDLE);
        return 0;
    }
    return static_cast<DWORD>(known->state().id());
}

HANDLE WINAPI OpenProcess(DWORD dwDesiredAccess, BOOL bInheritHandle, DWORD dwProcessId) {
    try {
        auto state = dwProcessId != 0 ? known_process(static_cast<pid_t>(dwProcessId)) : nullptr;
        if (state == nullptr) {
            fail(dwProcessId != 0 && errno == EPERM ? ERROR_ACCESS_DENIED : ERROR_INVALID_PARAMETER);
            return nullptr;
        }
        unique_handle pidfd = duplicate(state->pidfd());
        if (!pidfd) {
            fail_with_errno();
            return nullptr;
        }
        auto made = std::make_unique<process>(kind::process, std::move(pidfd), 0, std::move(state));
        made->set_access(made->mapped(dwDesiredAccess & ~DWORD{MAXIMUM_ALLOWED}) |
                         ((dwDesiredAccess & MAXIMUM_ALLOWED) != 0 ? PROCESS_ALL_ACCESS : 0));
        made->flags = bInheritHandle != FALSE ? HANDLE_FLAG_INHERIT : 0;
        return install(std::move(made));
    } catch (const std::exception&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
}

BOOL WINAPI GetExitCodeProcess(HANDLE hProcess, LPDWORD lpExitCode) {
    if (lpExitCode == nullptr) {
        return fail(ERROR_NOACCESS);
    }
    if (hProcess == GetCurrentProcess()) {
        *lpExitCode = STILL_ACTIVE;
        return TRUE;
    }
    const use found(hProcess);
    const process* const known = found.as<process>(kind::process);
    if (known == nullptr) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if ((known->access() & (PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION)) == 0) {
        return fail(ERROR_ACCESS_DENIED);
    }
    *lpExitCode = known->state().exit_code();
    return TRUE;
}

BOOL WINAPI TerminateProcess(HANDLE hProcess, UINT uExitCode) {
    const use found(hProcess);
    const process* const known = found.as<process>(kind::process);
    const bool self = hProcess == GetCurrentProcess() || (known != nullptr && known->is_own());
    if (known == nullptr && !self) {
        return fail(ERROR_INVALID_HANDLE);
    }
    if (known != nullptr && !known->allows(PROCESS_TERMINATE)) {
        return fail(ERROR_ACCESS_DENIED);
    }
    if (self) {
        report_exit(uExitCode);
        ::_exit(static_cast<int>(uExitCode));
    }
    const DWORD code = known->state().terminate(uExitCode);
    return code == 0 ? TRUE : fail(code);
}

VOID WINAPI ExitProcess(UINT uExitCode) {
    // A second call, from what is run at the exit, ends at once.
    static std::atomic_flag begun;
    if (begun.test_and_set()) {
        report_exit(uExitCode);
        ::_exit(static_cast<int>(uExitCode));
    }
    std::exit(static_cast<int>(uExitCode)); // all 32 bits are reported on the way: see startup.cpp
}

} // extern "C"

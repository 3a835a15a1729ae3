#include "thread.hpp"

#include "descriptors.hpp"
#include "last_error.hpp"
#include "named.hpp"
#include "process.hpp"
#include "table.hpp"

#include <algorithm>
#include <climits>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

struct thread_start {
    LPTHREAD_START_ROUTINE routine;
    void* parameter;
    std::shared_ptr<thread_state> state;
};

/// What ends a thread from within: the stack is unwound as by a return.
struct thread_exit {
    DWORD code;
};

thread_local bool may_throw = false;

void await_resume(const thread_state& state) {
    for (DWORD count = state.suspended.load(); count != 0; count = state.suspended.load()) {
        state.suspended.wait(count);
    }
}

void* run(void* argument) {
    const std::unique_ptr<thread_start> start(static_cast<thread_start*>(argument));
    adopt_thread_state(start->state);
    await_resume(*start->state);
    may_throw = true;
    try {
        start->state->exit_code = start->routine(start->parameter);
    } catch (const thread_exit& exit) {
        start->state->exit_code = exit.code;
    }
    return nullptr;
}

int start_thread(SIZE_T stack, thread_start* start) noexcept {
    pthread_attr_t attributes;
    if (const int code = pthread_attr_init(&attributes); code != 0) {
        return code;
    }
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    std::size_t usual = 0;
    if (stack != 0 && pthread_attr_getstacksize(&attributes, &usual) == 0) {
        (void)pthread_attr_setstacksize(&attributes, std::max(stack, usual));
    }
    pthread_t made{};
    const int code = pthread_create(&made, &attributes, run, start);
    (void)pthread_attr_destroy(&attributes);
    return code;
}

HANDLE create_thread(const SECURITY_ATTRIBUTES* attributes, SIZE_T stack, LPTHREAD_START_ROUTINE routine,
                     void* parameter, DWORD flags, LPDWORD id) {
    auto state = std::make_shared<thread_state>();
    state->suspended = (flags & CREATE_SUSPENDED) != 0 ? 1 : 0;
    unique_handle ended = duplicate(state->ended.get());
    if (!ended) {
        fail_with_errno();
        return nullptr;
    }
    auto made = std::make_unique<thread>(std::move(ended), THREAD_ALL_ACCESS, state);
    made->flags = inherit_flag(attributes);
    auto start = std::make_unique<thread_start>(thread_start{routine, parameter, state});
    if (const int code = start_thread(stack, start.get()); code != 0) {
        fail(error_of(code));
        return nullptr;
    }
    (void)start.release();
    state->id.wait(0);
    if (id != nullptr) {
        *id = state->id;
    }
    return install(std::move(made));
}

} // namespace

std::unique_ptr<entry> thread::copy(unique_handle descriptor) const {
    return std::make_unique<thread>(std::move(descriptor), access(), state_);
}

ACCESS_MASK thread::mapped(ACCESS_MASK generic) const noexcept { return mapped_for_object(generic, THREAD_ALL_ACCESS); }

std::unique_ptr<entry> own_thread() {
    const auto& state = this_thread();
    unique_handle ended = duplicate(state->ended.get());
    if (!ended) {
        fail_with_errno();
        return nullptr;
    }
    return std::make_unique<thread>(std::move(ended), THREAD_ALL_ACCESS, state);
}

std::shared_ptr<thread_state> thread_of(HANDLE handle) {
    if (handle == GetCurrentThread()) {
        return this_thread();
    }
    const use found(handle);
    const thread* const known = found.as<thread>(kind::thread);
    return known != nullptr ? known->state() : nullptr;
}

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

HANDLE WINAPI CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                           LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter, DWORD dwCreationFlags,
                           LPDWORD lpThreadId) {
    if (lpStartAddress == nullptr) {
        fail(ERROR_INVALID_PARAMETER);
        return nullptr;
    }
    if ((dwCreationFlags & ~DWORD{CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION}) != 0) {
        fail(ERROR_CALL_NOT_IMPLEMENTED);
        return nullptr;
    }
    try {
        return create_thread(lpThreadAttributes, dwStackSize, lpStartAddress, lpParameter, dwCreationFlags, lpThreadId);
    } catch (const std::exception&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
}

VOID WINAPI ExitThread(DWORD dwExitCode) {
    if (may_throw) {
        throw thread_exit{dwExitCode};
    }
    this_thread()->exit_code = dwExitCode;
    pthread_exit(nullptr);
}

HANDLE WINAPI GetCurrentThread(VOID) { return reinterpret_cast<HANDLE>(static_cast<LONG_PTR>(-2)); }
DWORD WINAPI GetCurrentThreadId(VOID) { return this_thread()->id; }

DWORD WINAPI GetThreadId(HANDLE Thread) {
    const auto state = thread_of(Thread);
    if (state != nullptr) {
        return state->id;
    }
    const use found(Thread);
    if (const process* const first = found.as<process>(kind::process_thread)) {
        return static_cast<DWORD>(first->state().id());
    }
    fail(ERROR_INVALID_HANDLE);
    return 0;
}

BOOL WINAPI GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode) {
    if (lpExitCode == nullptr) {
        return fail(ERROR_NOACCESS);
    }
    if (const auto state = thread_of(hThread); state != nullptr) {
        *lpExitCode = state->exit_code;
        return TRUE;
    }
    const use found(hThread);
    if (const process* const first = found.as<process>(kind::process_thread)) {
        *lpExitCode = first->state().exit_code();
        return TRUE;
    }
    return fail(ERROR_INVALID_HANDLE);
}

DWORD WINAPI ResumeThread(HANDLE hThread) {
    if (const auto state = thread_of(hThread); state != nullptr) {
        const DWORD before = state->suspended.exchange(0);
        state->suspended.notify_all();
        return before;
    }
    const use found(hThread);
    if (const process* const first = found.as<process>(kind::process_thread)) {
        return first->state().resume();
    }
    fail(ERROR_INVALID_HANDLE);
    return static_cast<DWORD>(-1);
}

DWORD WINAPI QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData) {
    const auto state = thread_of(hThread);
    if (state == nullptr || pfnAPC == nullptr) {
        fail(state == nullptr ? ERROR_INVALID_HANDLE : ERROR_INVALID_PARAMETER);
        return 0;
    }
    if (!state->queue([pfnAPC, dwData] { pfnAPC(dwData); })) {
        fail(ERROR_GEN_FAILURE);
        return 0;
    }
    return 1;
}

BOOL WINAPI SwitchToThread(VOID) { return ::sched_yield() == 0 ? TRUE : FALSE; }

} // extern "C"

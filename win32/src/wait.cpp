#include "last_error.hpp"
#include "process.hpp"
#include "table.hpp"
#include "thread_state.hpp"

#include <windpipe/limits.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <poll.h>
#include <span>
#include <vector>

namespace windpipe::win32 {

namespace {

/// How often something is asked that poll(2) cannot watch.
constexpr int ask_again_after = 1;

/// The outcome of a wait, if it is over now.
std::optional<DWORD> any_of(std::span<const use> objects) {
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const taken outcome = objects[i]->try_take();
        if (outcome != taken::no) {
            return static_cast<DWORD>(i) + (outcome == taken::yes ? WAIT_OBJECT_0 : WAIT_ABANDONED_0);
        }
    }
    return std::nullopt;
}

/// Takes all or none.
std::optional<DWORD> all_of(std::span<const use> objects) {
    if (!std::ranges::all_of(objects, [](const use& one) { return one->is_signaled(); })) {
        return std::nullopt;
    }
    DWORD result = WAIT_OBJECT_0;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const taken outcome = objects[i]->try_take();
        if (outcome == taken::no) { // another one was faster
            while (i > 0) {
                objects[--i]->put_back();
            }
            return std::nullopt;
        }
        result = outcome == taken::abandoned ? WAIT_ABANDONED_0 : result;
    }
    return result;
}

/// For how long poll(2) may sleep.
int pause_until(const deadline& until) {
    if (until.is_never()) {
        return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until.left()).count();
    return static_cast<int>(std::min<long long>(left, 60'000));
}

/// Sleeps until one of them, or for "all" one that is not signaled yet, may have changed.
void sleep_for(std::span<const use> objects, bool all, int alert, int pause) {
    std::vector<pollfd> watched;
    for (const use& one : objects) {
        if (all && one->is_signaled()) {
            continue;
        }
        const win32::watched what = one->watch();
        if (what.descriptor != -1) {
            watched.push_back({what.descriptor, what.events, 0});
        } else {
            pause = pause == -1 ? ask_again_after : std::min(pause, ask_again_after);
        }
    }
    if (watched.empty() && !objects.empty()) { // all were signaled, but not at the same time
        pause = pause == -1 ? ask_again_after : std::min(pause, ask_again_after);
    }
    if (alert != -1) {
        watched.push_back({alert, POLLIN, 0});
    }
    (void)::poll(watched.data(), watched.size(), pause);
}

DWORD wait_for(std::span<const use> objects, bool all, DWORD milliseconds, bool alertable) {
    const deadline until = milliseconds == INFINITE ? never : deadline(std::chrono::milliseconds(milliseconds));
    const int alert = alertable ? this_thread()->wake_descriptor() : -1;
    while (true) {
        const auto outcome = objects.empty() ? std::nullopt : all ? all_of(objects) : any_of(objects);
        if (outcome) { // what is signaled comes before what is queued
            return *outcome;
        }
        if (alertable && this_thread()->run_queued()) {
            return WAIT_IO_COMPLETION;
        }
        if (until.has_passed()) {
            return WAIT_TIMEOUT;
        }
        sleep_for(objects, all, alert, pause_until(until));
    }
}

DWORD failed(DWORD code) {
    fail(code);
    return WAIT_FAILED;
}

DWORD wait_for_handles(std::span<const HANDLE> handles, bool all, DWORD milliseconds, bool alertable) {
    std::vector<use> objects;
    objects.reserve(handles.size());
    for (HANDLE const handle : handles) {
        objects.emplace_back(handle);
        if (!objects.back()) {
            return failed(ERROR_INVALID_HANDLE);
        }
        if (!objects.back()->allows(SYNCHRONIZE)) {
            return failed(ERROR_ACCESS_DENIED);
        }
        if (all && std::ranges::count(handles, handle) > 1) {
            return failed(ERROR_INVALID_PARAMETER);
        }
    }
    return wait_for(objects, all, milliseconds, alertable);
}

/// Waits for oneself, which ends by nothing but time and calls that are queued.
DWORD wait_for_self(DWORD milliseconds, bool alertable) { return wait_for({}, false, milliseconds, alertable); }

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" {

DWORD WINAPI WaitForMultipleObjectsEx(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll, DWORD dwMilliseconds,
                                      BOOL bAlertable) {
    if (nCount == 0 || nCount > MAXIMUM_WAIT_OBJECTS || lpHandles == nullptr) {
        return failed(ERROR_INVALID_PARAMETER);
    }
    try {
        return wait_for_handles({lpHandles, nCount}, bWaitAll != FALSE, dwMilliseconds, bAlertable != FALSE);
    } catch (const std::bad_alloc&) {
        return failed(ERROR_NOT_ENOUGH_MEMORY);
    }
}

DWORD WINAPI WaitForMultipleObjects(DWORD nCount, const HANDLE* lpHandles, BOOL bWaitAll, DWORD dwMilliseconds) {
    return WaitForMultipleObjectsEx(nCount, lpHandles, bWaitAll, dwMilliseconds, FALSE);
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable) {
    if (hHandle == GetCurrentProcess() || hHandle == GetCurrentThread()) {
        return wait_for_self(dwMilliseconds, bAlertable != FALSE);
    }
    return WaitForMultipleObjectsEx(1, &hHandle, FALSE, dwMilliseconds, bAlertable);
}

DWORD WINAPI WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds) {
    return WaitForSingleObjectEx(hHandle, dwMilliseconds, FALSE);
}

DWORD WINAPI SleepEx(DWORD dwMilliseconds, BOOL bAlertable) {
    return wait_for({}, false, dwMilliseconds, bAlertable != FALSE) == WAIT_IO_COMPLETION ? WAIT_IO_COMPLETION : 0;
}

VOID WINAPI Sleep(DWORD dwMilliseconds) { (void)SleepEx(dwMilliseconds, FALSE); }

} // extern "C"

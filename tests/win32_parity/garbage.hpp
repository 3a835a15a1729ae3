// garbage.hpp - tables of calls with what is no handle, and with pointers that are NULL: no call crashes on them.
// linux/declared.cpp finds every function of the layer in them, or the reason why it is in none.
#pragma once

#include "rows.hpp"

#include <span>
#include <vector>

namespace parity {

/// What a handle may lead to.
enum kinds : unsigned {
    read_end_kind = 1,
    write_end_kind = 2,
    file_kind = 4,
    event_kind = 8,
    mutex_kind = 16,
    semaphore_kind = 32,
    process_kind = 64,
    this_process_kind = 128, ///< INVALID_HANDLE_VALUE is that, too
    thread_kind = 256,
    this_thread_kind = 512,
    section_kind = 1024,
    job_kind = 2048,
    no_kind = 4096, ///< NULL
};

/// What calls other than the one under test need, made once.
struct usual {
    usual();
    owned event;
    owned job;
    owned process;
    HANDLE made = nullptr;
    DWORD count = 0;
    DWORD mode = PIPE_WAIT;
    BOOL flag = FALSE;
    char bytes[8] = {};
    LARGE_INTEGER large{};
    OVERLAPPED pending{};
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    static usual& the();
};

/// A call with one handle. `fails`: whether it returns what says that it failed.
struct handle_call {
    const char* function;
    unsigned takes; ///< the kinds of handles with which it may do something
    bool (*fails)(HANDLE handle);
};
#define CALL_WITH_HANDLE(takes, failure, function, ...)                                                                \
    parity::handle_call {                                                                                              \
        #function, takes, [](HANDLE h) { return function(__VA_ARGS__) == (failure); }                                  \
    }

/// A call with NULL for a pointer. `error`: what it leaves; `untouched` where NULL is no mistake.
struct null_call {
    const char* function;
    DWORD error;
    bool (*returns)();
};
#define CALL_WITH_NULL(error, value, function, ...)                                                                    \
    parity::null_call {                                                                                                \
        #function, error, [] { return function(__VA_ARGS__) == (value); }                                              \
    }
/// A function that is there for both kinds of text.
#define CALLS_WITH_NULL(error, value, function, ...)                                                                   \
    CALL_WITH_NULL(error, value, function##A, __VA_ARGS__), CALL_WITH_NULL(error, value, function##W, __VA_ARGS__)

/// The tables for all systems, and behind them what there is in the layer alone, or faults on Windows.
std::vector<handle_call> all_handle_calls();
std::vector<null_call> all_null_calls();
std::span<const handle_call> handle_calls_here();
std::span<const null_call> null_calls_here();

} // namespace parity

#include "call.hpp"

#include <deque>
#include <mutex>

namespace differential {

namespace {

/// A transfer with a routine. It begins with the structure that the routine is given.
struct transfer {
    OVERLAPPED over{};
    std::string bytes;
    BOOL ok = FALSE;
};

/// They live until the program ends: nobody knows whether their routines will still be called.
struct transfers {
    std::mutex guard;
    std::deque<transfer> all;

    transfer& make(std::string bytes) {
        const std::lock_guard lock(guard);
        all.push_back({{}, std::move(bytes), FALSE});
        return all.back();
    }
};
transfers known;

/// The wait that calls the routines: it tells what they were told.
thread_local call* waiting = nullptr;

void CALLBACK complete(DWORD error, DWORD count, OVERLAPPED* over) {
    const auto* const what = reinterpret_cast<transfer*>(over);
    if (waiting != nullptr) {
        waiting->tell("routine", error, count, hash(what->bytes));
    }
}

void CALLBACK be_queued(ULONG_PTR what) {
    if (waiting != nullptr) {
        waiting->tell("queued", what);
    }
}

BOOL tell(call& one, transfer& what, BOOL ok) {
    what.ok = ok;
    if (ok != FALSE) { // what an OVERLAPPED holds after a failure is not documented
        one.tell(what.over.Internal, what.over.InternalHigh);
    }
    one.tell(hash(what.bytes), reinterpret_cast<std::uintptr_t>(what.over.hEvent));
    return ok;
}

BOOL read(call& one) {
    transfer& what = known.make(std::string(one.given[1], '\0'));
    what.over.hEvent = reinterpret_cast<HANDLE>(std::uintptr_t{5}); // the program's own
    return tell(one, what, ReadFileEx(one.handle(), what.bytes.data(), one.given[1], &what.over, complete));
}

BOOL write(call& one) {
    transfer& what = known.make(content(one.given[1], one.given[2]));
    return tell(one, what, WriteFileEx(one.handle(), what.bytes.data(), one.given[1], &what.over, complete));
}

/// Of the latest transfer, if that has succeeded.
BOOL result(call& one) {
    DWORD count = 77;
    const BOOL ok =
        known.all.empty() || known.all.back().ok == FALSE
            ? FALSE
            : GetOverlappedResult(one.handle(), &known.all.back().over, &count, static_cast<BOOL>(one.given[1]));
    one.tell(count);
    return ok;
}

BOOL queue(call& one) { return QueueUserAPC(be_queued, GetCurrentThread(), one.given[0]) != 0 ? TRUE : FALSE; }

BOOL queue_there(call& one) { return QueueUserAPC(be_queued, one.other.thread, one.given[0]) != 0 ? TRUE : FALSE; }

template <class Wait>
BOOL alertably(call& one, const Wait& wait) {
    waiting = &one;
    SetLastError(untouched); // which the way to what a thread has of its own changes
    const DWORD outcome = wait();
    const DWORD error = GetLastError();
    waiting = nullptr;
    SetLastError(error);
    one.tell("gives", outcome);
    return outcome != WAIT_FAILED ? TRUE : FALSE;
}

BOOL sleep(call& one) {
    return alertably(one, [&] { return SleepEx(one.given[0], static_cast<BOOL>(one.given[1])); });
}

BOOL wait(call& one) {
    return alertably(
        one, [&] { return WaitForSingleObjectEx(one.handle(), one.given[1], static_cast<BOOL>(one.given[2])); });
}

} // namespace

call_table completion_calls() {
    return {{"read_ex", read}, {"write_ex", write}, {"result", result}, {"queue", queue}, {"queue_there", queue_there},
            {"sleep", sleep},  {"wait_ex", wait}};
}

void forget_completions() {
    while (SleepEx(0, TRUE) == WAIT_IO_COMPLETION) {
    }
    known.all.clear();
}

} // namespace differential

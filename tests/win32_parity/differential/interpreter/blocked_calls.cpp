#include "call.hpp"

namespace differential {

namespace {

/// `read_all SLOT SIZE`: so many bytes, in as many reads as it takes.
BOOL read_all(call& one) {
    std::string bytes(one.given[1], '\0');
    BOOL ok = TRUE;
    DWORD done = 0;
    while (ok != FALSE && done < one.given[1]) {
        DWORD count = 0;
        ok = ReadFile(one.handle(), bytes.data() + done, one.given[1] - done, &count, nullptr);
        done += count;
    }
    one.tell(done, hash({bytes.data(), done}));
    return ok;
}

/// `drain SLOT`: all that is there, however much that is.
BOOL drain(call& one) {
    DWORD there = 0;
    while (PeekNamedPipe(one.handle(), nullptr, 0, nullptr, &there, nullptr) != FALSE && there > 0) {
        std::string bytes(there, '\0');
        ReadFile(one.handle(), bytes.data(), there, &there, nullptr);
    }
    SetLastError(untouched);
    return TRUE;
}

/// `await_data SLOT SIZE`: until more than that is in the pipe.
BOOL await_data(call& one) {
    DWORD there = 0;
    while (PeekNamedPipe(one.handle(), nullptr, 0, nullptr, &there, nullptr) != FALSE && there <= one.given[1]) {
        SwitchToThread();
    }
    return TRUE;
}

/// Of the thread that was begun, as soon as it waits.
BOOL cancel_there(call& one) {
    while (CancelSynchronousIo(one.other.thread) == FALSE && GetLastError() == ERROR_NOT_FOUND) {
        SwitchToThread();
    }
    SetLastError(untouched);
    return TRUE;
}

/// `cancel SLOT`, which must be waited on.
BOOL cancel(call& one) {
    while (CancelIoEx(one.handle(), nullptr) == FALSE && GetLastError() == ERROR_NOT_FOUND) {
        SwitchToThread();
    }
    SetLastError(untouched);
    return TRUE;
}

/// `cancel_own SLOT`, of which this thread waits for nothing.
BOOL cancel_own(call& one) { return CancelIo(one.handle()); }

/// `cancel_idle SLOT`: an operation that there is not.
BOOL cancel_idle(call& one) {
    OVERLAPPED nothing{};
    return CancelIoEx(one.handle(), &nothing);
}

} // namespace

call_table blocked_calls() {
    return {{"read_all", read_all},         {"drain", drain},   {"await_data", await_data},
            {"cancel_there", cancel_there}, {"cancel", cancel}, {"cancel_own", cancel_own},
            {"cancel_idle", cancel_idle}};
}

} // namespace differential

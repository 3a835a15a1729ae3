#include "call.hpp"

namespace differential {

namespace {

/// Its value is forgotten: another handle may get it, here and there not the same one.
BOOL close(call& one) {
    const BOOL ok = CloseHandle(one.handle());
    one.handle() = ok != FALSE ? slots::none() : one.handle();
    return ok;
}

BOOL duplicate(call& one) {
    const auto& [source, target, access, inherits, options, unused] = one.given;
    DWORD flags = 0;
    GetHandleInformation(one.handle(), &flags);
    SetLastError(untouched);
    const BOOL ok = DuplicateHandle(GetCurrentProcess(), one.handle(), GetCurrentProcess(), &one.handles.at(target),
                                    access, static_cast<BOOL>(inherits), options);
    if ((options & DUPLICATE_CLOSE_SOURCE) != 0 && (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE) == 0) {
        one.handle() = slots::none();
    }
    return ok;
}

BOOL set_flags(call& one) { return SetHandleInformation(one.handle(), one.given[1], one.given[2]); }

BOOL flags(call& one) {
    DWORD flags = 77;
    const BOOL ok = GetHandleInformation(one.handle(), &flags);
    one.tell(flags);
    return ok;
}

BOOL type(call& one) {
    one.tell(GetFileType(one.handle()));
    return TRUE;
}

BOOL wait(call& one) {
    one.tell(WaitForSingleObject(one.handle(), 0));
    return TRUE;
}

/// Until another thread waits on it: a call of this process is sure to be under way.
BOOL await_use(call& one) {
    while (WaitForSingleObject(one.handle(), 0) == WAIT_OBJECT_0) {
        SwitchToThread();
    }
    return TRUE;
}

} // namespace

call_table handle_calls() {
    return {{"close", close}, {"duplicate", duplicate}, {"flag", set_flags},     {"flags", flags},
            {"type", type},   {"wait", wait},           {"await_use", await_use}};
}

} // namespace differential

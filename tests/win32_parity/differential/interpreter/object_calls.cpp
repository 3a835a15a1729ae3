#include "call.hpp"

namespace differential {

namespace {

BOOL keep(call& one, HANDLE made) {
    if (made == nullptr) {
        return FALSE;
    }
    one.handle() = made;
    return TRUE;
}

SECURITY_ATTRIBUTES inheritable_if(std::uint32_t inherits) {
    return {sizeof(SECURITY_ATTRIBUTES), nullptr, static_cast<BOOL>(inherits)};
}

/// `event SLOT MANUAL SET INHERIT`
BOOL make_event(call& one) {
    auto attributes = inheritable_if(one.given[3]);
    return keep(one,
                CreateEventA(&attributes, static_cast<BOOL>(one.given[1]), static_cast<BOOL>(one.given[2]), nullptr));
}

/// `mutex SLOT OWNED`
BOOL make_mutex(call& one) { return keep(one, CreateMutexA(nullptr, static_cast<BOOL>(one.given[1]), nullptr)); }

/// `semaphore SLOT COUNT MOST INHERIT`
BOOL make_semaphore(call& one) {
    auto attributes = inheritable_if(one.given[3]);
    return keep(
        one, CreateSemaphoreA(&attributes, static_cast<LONG>(one.given[1]), static_cast<LONG>(one.given[2]), nullptr));
}

BOOL set(call& one) { return SetEvent(one.handle()); }
BOOL reset(call& one) { return ResetEvent(one.handle()); }
BOOL unlock(call& one) { return ReleaseMutex(one.handle()); }

/// `post SLOT COUNT`
BOOL post(call& one) {
    LONG before = 77;
    const BOOL ok = ReleaseSemaphore(one.handle(), static_cast<LONG>(one.given[1]), &before);
    one.tell(before);
    return ok;
}

/// `wait_many ALL COUNT SLOT...`
BOOL wait_many(call& one) {
    std::array<HANDLE, 4> handles{};
    for (std::size_t i = 0; i < handles.size(); ++i) {
        handles.at(i) = one.handles.at(one.given.at(2 + i));
    }
    one.tell(WaitForMultipleObjects(one.given[1], handles.data(), static_cast<BOOL>(one.given[0]), 0));
    return TRUE;
}

BOOL make_job(call& one) { return keep(one, CreateJobObjectA(nullptr, nullptr)); }

/// `assign SLOT`: the second process.
BOOL assign(call& one) { return AssignProcessToJobObject(one.handle(), one.other.process); }

BOOL in_job(call& one) {
    BOOL is = 77;
    const BOOL ok = IsProcessInJob(one.other.process, one.handle(), &is);
    one.tell(is);
    return ok;
}

/// `end_job SLOT CODE`
BOOL end_job(call& one) { return TerminateJobObject(one.handle(), one.given[1]); }

} // namespace

call_table object_calls() {
    return {{"event", make_event}, {"mutex", make_mutex},    {"semaphore", make_semaphore},
            {"set", set},          {"reset", reset},         {"unlock", unlock},
            {"post", post},        {"wait_many", wait_many}, {"job", make_job},
            {"assign", assign},    {"in_job", in_job},       {"end_job", end_job}};
}

} // namespace differential

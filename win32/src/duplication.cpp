#include "duplication.hpp"

#include "agent.hpp"
#include "descriptors.hpp"
#include "last_error.hpp"
#include "process.hpp"
#include "table.hpp"
#include "thread.hpp"

#include <new>

namespace windpipe::win32 {

void close_source(HANDLE source) noexcept {
    const use found(source);
    if (found && (found->flags & HANDLE_FLAG_PROTECT_FROM_CLOSE) == 0) {
        (void)remove(source);
    }
}

std::unique_ptr<entry> copy_of(HANDLE source, DWORD access, DWORD options) {
    if (source == GetCurrentProcess()) {
        return own_process();
    }
    if (source == GetCurrentThread()) {
        return own_thread();
    }
    const use found(source);
    if (!found) {
        fail(ERROR_INVALID_HANDLE);
        return nullptr;
    }
    const ACCESS_MASK wanted = (options & DUPLICATE_SAME_ACCESS) != 0 ? found->access() : found->mapped(access);
    if ((wanted & ~found->access()) != 0) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    unique_handle second = duplicate(found->descriptor());
    std::unique_ptr<entry> made = second ? found->copy(std::move(second)) : nullptr;
    if (made == nullptr) {
        fail_with_errno();
        return nullptr;
    }
    made->set_access(wanted);
    return made;
}

namespace {

/// Gives the copy the number of its source, which has been closed, as Windows does when it can.
std::unique_ptr<entry> moved_down(std::unique_ptr<entry> made) {
    unique_handle lower = duplicate(made->descriptor());
    if (!lower || lower.get() > made->descriptor()) {
        return made;
    }
    std::unique_ptr<entry> moved = made->copy(std::move(lower));
    return moved != nullptr ? std::move(moved) : std::move(made);
}

/// A process that DuplicateHandle was told of. `other` is none if it is this one. *Returns*: the error of Windows.
DWORD reach(HANDLE handle, std::shared_ptr<process_state>& other) {
    if (handle == GetCurrentProcess()) {
        return 0;
    }
    const use found(handle);
    const process* const known = found.as<process>(kind::process);
    if (known == nullptr) {
        return ERROR_INVALID_HANDLE;
    }
    if (!known->allows(PROCESS_DUP_HANDLE)) {
        return ERROR_ACCESS_DENIED;
    }
    if (!known->is_own()) {
        other = known->shared_state();
        return other->exit_code() == STILL_ACTIVE ? 0 : ERROR_ACCESS_DENIED;
    }
    return 0;
}

struct duplication {
    HANDLE source;
    DWORD access;
    DWORD options;
    DWORD flags;
};

/// *Returns*: the new handle; NULL with the last error set.
HANDLE duplicate_between(const duplication& asked, process_state* from, process_state* to) {
    const bool closes = (asked.options & DUPLICATE_CLOSE_SOURCE) != 0;
    std::unique_ptr<entry> made = from != nullptr ? pull_entry(*from, asked.source, asked.access, asked.options)
                                                  : copy_of(asked.source, asked.access, asked.options);
    if (closes && from == nullptr) {
        close_source(asked.source);
    }
    if (made == nullptr) {
        return nullptr;
    }
    if (to != nullptr) {
        return push_entry(*to, *made, asked.flags);
    }
    if (closes && from == nullptr) {
        made = moved_down(std::move(made));
    }
    made->flags = asked.flags;
    return install(std::move(made));
}

/// Closes the source although there is no target: a way to close a handle in another process.
void close_at(HANDLE source, process_state* from) {
    if (from != nullptr) {
        (void)pull_entry(*from, source, 0, DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS);
    } else {
        close_source(source);
    }
}

} // namespace

} // namespace windpipe::win32

using namespace windpipe::win32;

extern "C" BOOL WINAPI DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                                       LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                                       DWORD dwOptions) {
    if (lpTargetHandle != nullptr) {
        *lpTargetHandle = nullptr;
    }
    const bool asks_for_most = (dwOptions & DUPLICATE_SAME_ACCESS) == 0 && (dwDesiredAccess & MAXIMUM_ALLOWED) != 0;
    if ((dwOptions & ~DWORD{DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS}) != 0 || asks_for_most) {
        return fail(ERROR_CALL_NOT_IMPLEMENTED);
    }
    try {
        std::shared_ptr<process_state> from;
        std::shared_ptr<process_state> to;
        if (const DWORD code = reach(hSourceProcessHandle, from); code != 0) {
            return fail(code);
        }
        if (const DWORD code = reach(hTargetProcessHandle, to); code != 0) {
            if ((dwOptions & DUPLICATE_CLOSE_SOURCE) != 0) {
                close_at(hSourceHandle, from.get());
            }
            return fail(code);
        }
        const DWORD flags = bInheritHandle != FALSE ? HANDLE_FLAG_INHERIT : 0;
        HANDLE const made = duplicate_between({hSourceHandle, dwDesiredAccess, dwOptions, flags}, from.get(), to.get());
        if (made != nullptr && lpTargetHandle != nullptr) {
            *lpTargetHandle = made;
        }
        return made != nullptr ? TRUE : FALSE;
    } catch (const std::exception&) {
        return fail(ERROR_NOT_ENOUGH_MEMORY);
    }
}

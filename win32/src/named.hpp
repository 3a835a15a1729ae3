// named.hpp - what the objects that are made by name or without one have in common.
#pragma once

#include "descriptors.hpp"
#include "entry.hpp"
#include "last_error.hpp"
#include "table.hpp"

#include <new>
#include <unistd.h>

namespace windpipe::win32 {

/// The rights of an object other than a file that GENERIC_ bits stand for; it has only those of `all`.
[[nodiscard]] inline ACCESS_MASK mapped_for_object(ACCESS_MASK generic, ACCESS_MASK all) noexcept {
    ACCESS_MASK access = generic & ~(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL);
    access |= (generic & GENERIC_READ) != 0 ? READ_CONTROL | (all & 1) : 0;
    access |= (generic & GENERIC_WRITE) != 0 ? READ_CONTROL | (all & 2) : 0;
    access |= (generic & GENERIC_EXECUTE) != 0 ? READ_CONTROL | SYNCHRONIZE : 0;
    access |= (generic & GENERIC_ALL) != 0 ? all : 0;
    return access;
}

[[nodiscard]] inline DWORD inherit_flag(const SECURITY_ATTRIBUTES* attributes) noexcept {
    return attributes != nullptr && attributes->bInheritHandle != FALSE ? HANDLE_FLAG_INHERIT : 0;
}

/// Makes a handle of what `make` makes; none of it means errno. A name is not offered: ERROR_CALL_NOT_IMPLEMENTED.
/// *Returns*: the handle, and the last error is 0; NULL with the last error set.
template <class Make>
HANDLE create_object(const SECURITY_ATTRIBUTES* attributes, const WCHAR* name, const Make& make) noexcept {
    if (name != nullptr) {
        fail(ERROR_CALL_NOT_IMPLEMENTED);
        return nullptr;
    }
    try {
        std::unique_ptr<entry> made = make();
        if (made == nullptr) {
            fail_with_errno();
            return nullptr;
        }
        made->flags = inherit_flag(attributes);
        SetLastError(NO_ERROR); // by which a program knows that there was no object of that name
        return install(std::move(made));
    } catch (const std::exception&) {
        fail(ERROR_NOT_ENOUGH_MEMORY);
        return nullptr;
    }
}

} // namespace windpipe::win32

// last_error.hpp - how a call of the layer fails.
#pragma once

#include "windows.h"

#include <system_error>

namespace windpipe::win32 {

/// Sets the thread's last error. *Returns*: FALSE, for `return fail(...)`.
BOOL fail(DWORD code) noexcept;

/// The number of Windows for an errno.
[[nodiscard]] DWORD error_of(int code) noexcept;

/// fail() with the number for errno.
BOOL fail_with_errno() noexcept;

} // namespace windpipe::win32

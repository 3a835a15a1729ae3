// duplication.hpp - second handles of what a handle leads to.
#pragma once

#include "entry.hpp"

#include <memory>

namespace windpipe::win32 {

/// The entry of a second handle for what `source` leads to. *Returns*: none with the last error set.
std::unique_ptr<entry> copy_of(HANDLE source, DWORD access, DWORD options);

/// Closes a handle as DUPLICATE_CLOSE_SOURCE asks for: one that is protected stays.
void close_source(HANDLE source) noexcept;

} // namespace windpipe::win32

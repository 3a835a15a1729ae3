// agent.hpp - DuplicateHandle into and out of another process.
//
// No call of Linux puts a descriptor into another process: that one must take it. So each process of the layer that
// others can know of has a thread that waits at a socket, named by the id of the process.
#pragma once

#include "entry.hpp"

#include <memory>

namespace windpipe::win32 {

class process_state;

/// Lets others reach this process from now on: one that was started by the layer, or has asked for its own id.
void start_agent() noexcept;

/// A handle's entry from another process. *Returns*: none with the last error set.
std::unique_ptr<entry> pull_entry(process_state& from, HANDLE handle, DWORD access, DWORD options);

/// Makes a handle of an entry in another process. *Returns*: NULL with the last error set.
HANDLE push_entry(process_state& to, const entry& given, DWORD flags);

} // namespace windpipe::win32

// reaper.hpp - children that run on when nobody has a handle of them any more.
#pragma once

#include <windpipe/handle.hpp>

namespace windpipe::win32 {

/// Reaps a child of ours when it ends. The first call starts one thread for the whole process.
void reap_later(unique_handle pidfd) noexcept;

} // namespace windpipe::win32

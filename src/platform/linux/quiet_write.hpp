// quiet_write.hpp - one attempt to read or write that neither blocks nor raises SIGPIPE.
#pragma once

#include "sys.hpp"

namespace windpipe::platform {

/// One read that does not wait: -1 with EAGAIN when there is nothing yet.
ssize_t try_read(int fd, void* into, std::size_t size);

/// One write that does not wait: -1 with EAGAIN when the pipe is full, EPIPE without readers; no signal is raised or
/// left pending, and the mask is as before.
ssize_t try_write(int fd, const iovec* pieces, int count);

/// The same, but waiting in the kernel where it must, out of reach of any interruption.
ssize_t blocking_read(int fd, void* into, std::size_t size);
ssize_t blocking_write(int fd, const iovec* pieces, int count);

} // namespace windpipe::platform

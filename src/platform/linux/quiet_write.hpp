// quiet_write.hpp - one attempt to read or write that neither blocks nor raises SIGPIPE.
#pragma once

#include "sys.hpp"

#include <windpipe/pipe.hpp>

namespace windpipe::platform {

/// One read that does not wait: -1 with EAGAIN when there is nothing yet.
ssize_t try_read(int fd, void* into, std::size_t size);

/// One write that does not wait: -1 with EAGAIN when the pipe is full, EPIPE without readers; no signal is raised or
/// left pending, and the mask is as before.
ssize_t try_write(int fd, const iovec* pieces, int count);

/// Moves up to `most` bytes from pipe to pipe without waiting, in as many calls as that takes: how many, 0 at end of
/// stream, -1 with EAGAIN when `from` is empty or `to` is full. EPIPE as try_write().
ssize_t try_splice(int from, int to, std::size_t most);

/// Copies up to `most` bytes from the front of a pipe into another without waiting: as try_splice(), in one call.
ssize_t try_tee(int from, int to, std::size_t most);

/// As a write of one piece, but the pipe refers to the memory.
ssize_t lend(int fd, const_buffer bytes, bool may_block);

/// A read, or a write, that waits in the kernel where it must, out of reach of any interruption.
ssize_t blocking_read(int fd, void* into, std::size_t size);
ssize_t blocking_write(int fd, const iovec* pieces, int count);

} // namespace windpipe::platform

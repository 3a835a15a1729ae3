// waitable.hpp - what an event loop of your own can wait for in place of an end or of a child.
#pragma once

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>
#include <windpipe/pipe.hpp>
#include <windpipe/ring.hpp>

namespace windpipe {

/// Makes a handle of its own for others to wait for: it is ready for reading (poll, epoll, select) when a read of the
/// end would find something or the end of the stream.
///
/// What it tells is the state, not an event: it stays ready until that has been read. Then read with a deadline that
/// has passed, `{.until = 0s}`, which never blocks; `timed_out` means that another reader was faster.
///
/// Event libraries switch what they watch to non-blocking, and that flag belongs to every process and handle that
/// shares the end. This handle is there so that they switch nothing that anybody else uses.
/// *Errors*: `bad_file_descriptor` (the end is closed), `too_many_files_open`, `not_enough_memory`. Windows:
/// `operation_not_supported`: pipes have no state to wait for there. An end that stays with us is overlapped: give its
/// native_handle() to a completion port, or wait for the event of a read.
/// *Ownership*: the caller's; to be closed before the end.
/// *Example*: examples/linux_own_loop.cpp
/// *Source*: epoll(7); on Windows CreateIoCompletionPort.
[[nodiscard]] result<unique_handle> make_waitable(const pipe_reader& end);
/// The same for a write: ready *for reading* when some bytes would fit, or when nobody reads any more.
[[nodiscard]] result<unique_handle> make_waitable(const pipe_writer& end);

/// The same for an end of a ring, on Windows an event that is signalled. What it tells is what the other side has said:
/// it is ready when a call that has failed with `timed_out` can be made again, and perhaps earlier. So make calls until
/// one fails with that, and then wait. *Errors*: `operation_not_supported` of ring_mode::shared.
[[nodiscard]] result<unique_handle> make_waitable(const ring_reader& end);
[[nodiscard]] result<unique_handle> make_waitable(const ring_writer& end);

/// Makes a handle of its own that is ready for reading (Linux), or signalled (Windows), from when the process has ended
/// on: also after it has been waited for. Then child::try_wait() tells how it ended.
///
/// *Errors*: `no_child_process` (this object has no process), `too_many_files_open`, `not_enough_memory`.
/// *Ownership*: the caller's. It may outlive the child.
/// *Example*: examples/linux_own_loop.cpp, examples/windows_own_loop.cpp
/// *Source*: pidfd_open(2), epoll(7); DuplicateHandle, WaitForMultipleObjects.
[[nodiscard]] result<unique_handle> make_waitable(const child& who);

} // namespace windpipe

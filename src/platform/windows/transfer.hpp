// transfer.hpp - reading and writing an end of either kind.
#pragma once

#include "sys.hpp"

#include "platform/platform.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace windpipe::platform {

/// The longest piece one call moves: a DWORD, kept well inside.
inline constexpr std::size_t longest_transfer = 0x4000'0000;

/// Writes up to this long are one piece in the pipe, whole or not at all, as POSIX has it for its PIPE_BUF. The pipes
/// made here hold at least as much.
inline constexpr std::size_t atomic_size = 4096;

/// How long a piece of `wish` bytes may be so that its writing neither waits while something fits nor ends in between.
///
/// The system tells of a write that was called off only that it was, and takes back what was not read. A piece no
/// longer than the quota of the pipe cannot have been read in part: as soon as a reader gets into it, its rest fits,
/// and the write is done. So after such a piece the number of bytes transferred is exact. What fits at once is what the
/// system says, and where it does not know, or the pipe is full, one atomic_size.
std::size_t piece_to_write(HANDLE writer, std::size_t wish) noexcept;

/// How many bytes the pipe holds in the direction of one of its ends.
ULONG quota_of(const sys::pipe_facts& facts, bool of_writer) noexcept;

/// As check_end(), but the handle stays as inheritable as it is.
result<void> verify_end(native_handle handle, direction way);

/// What a transfer came to.
struct transferred {
    DWORD code = ERROR_SUCCESS;
    std::size_t bytes = 0;
    bool called_off = false; ///< by us: then code is ERROR_OPERATION_ABORTED
};

/// Settles an overlapped transfer: after this the system does not touch its memory any more. Completed wins over called
/// off.
transferred call_off(HANDLE end, OVERLAPPED& operation) noexcept;
/// PRE: it is done.
transferred outcome_of(HANDLE end, OVERLAPPED& operation) noexcept;

class thread_context;
/// Waits for an overlapped operation that the calling thread has begun with its transfer_event(), or calls it off when
/// the interruption says so, or with `or_woken` when the waker does. PRE: the waker is armed.
result<transferred> wait_for(HANDLE end, OVERLAPPED& operation, std::string_view name, thread_context& self,
                             interruption& interrupted, bool or_woken = false);

} // namespace windpipe::platform

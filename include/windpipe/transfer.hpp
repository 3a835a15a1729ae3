// transfer.hpp - bytes from one pipe straight into another, to a file or a socket, or from one.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/files.hpp>
#include <windpipe/handle.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <cstddef>

namespace windpipe {

/// Moves bytes from one pipe into another until the stream ends or `most` bytes have been moved. Closes neither end.
///
/// *Blocks*: while `from` is empty and somebody holds its write end, and while `to` is full and somebody holds its read
/// end.
/// *Returns*: the number of bytes moved; fewer than `most` only at end of stream.
/// *Errors*: those of pipe_reader::read_some() and pipe_writer::write_some(). error::transferred bytes were moved; all
/// others are still in `from`, whatever happened. `broken_pipe` is noticed when there is something to move.
/// *Threads*: one thread at a time reads from `from`; otherwise as read_some() and write_some(). close() of either end
/// calls it off.
/// *Systems*: on Linux the pages change hands and nothing is copied; where that cannot be, and on Windows, the bytes
/// pass through memory of this process.
/// *Example*: examples/relay.cpp
/// *Source*: splice(2); PeekNamedPipe, WriteFile, ReadFile.
[[nodiscard]] result<std::size_t> transfer(pipe_reader& from, pipe_writer& to, std::size_t most = no_limit,
                                           const wait_limit& limit = {});

/// Moves bytes from a pipe to a file, a device or the socket of a stream, by their native handle: otherwise as above.
///
/// A file is written at its position, which moves on with what is written, or at its end where it was opened for that.
/// *Blocks*: while `from` is empty and somebody holds its write end, and while a socket or pipe `to` is full, also
/// where it was set to be non-blocking. A limit does not end the work of a disk or a device: it is asked in between.
/// *Errors*: those of pipe_reader::read_some(), what the system says of the file or socket (`no_space_on_device`,
/// `broken_pipe`, `connection_reset` …), `invalid_argument` where `to` is not open for writing, `bad_file_descriptor`,
/// `operation_not_supported` for any other kind of thing. error::transferred bytes were moved; all others are still in
/// `from`. No SIGPIPE is raised.
/// *Ownership*: `to` stays the caller's, who keeps it open until this has returned.
/// *Threads*: one thread at a time reads from `from`. close() of `from` calls it off.
/// *Systems*: on Linux the pages go to a file or a non-blocking socket without passing through this process; to a
/// blocking socket, and a file opened with O_APPEND, the bytes are copied. On Windows they always are, and sockets, and
/// files opened with FILE_FLAG_OVERLAPPED, are `operation_not_supported`.
/// *Example*: examples/files.cpp
/// *Source*: splice(2), send(2); PeekNamedPipe, WriteFile, ReadFile.
[[nodiscard]] result<std::size_t> transfer(pipe_reader& from, native_handle to, std::size_t most = no_limit,
                                           const wait_limit& limit = {});

/// Moves bytes from a file, or from the socket of a stream, into a pipe: otherwise as above.
///
/// A file is read from its position, which moves on with what is read. Its end, and that of what a socket receives, is
/// the end of stream.
/// *Blocks*: while `to` is full and somebody holds its read end, and while a socket or pipe `from` has nothing, also
/// where it was set to be non-blocking.
/// *Returns*: the number of bytes moved; fewer than `most` only at the end.
/// *Errors*: those of pipe_writer::write_some(), what the system says of the file or socket, `invalid_argument` where
/// `from` is not open for reading, `bad_file_descriptor`, `operation_not_supported` for any other kind of thing, among
/// them devices: what they have given, they cannot take back. error::transferred bytes were moved; all others are still
/// in `from`: the position of a file is behind what was moved.
/// *Ownership*: `from` stays the caller's, who keeps it open until this has returned.
/// *Threads*: one thread at a time reads from `from`. close() of `to` calls it off.
/// *Systems*: on Linux the pipe gets the pages of the file itself: what is changed in the file before the reader has
/// read is changed for the reader. Bytes of a blocking socket are copied. On Windows all are, and sockets, and files
/// opened with FILE_FLAG_OVERLAPPED, are `operation_not_supported`.
/// *Example*: examples/files.cpp
/// *Source*: splice(2), recv(2) with MSG_PEEK; ReadFile, SetFilePointerEx, WriteFile.
[[nodiscard]] result<std::size_t> transfer(native_handle from, pipe_writer& to, std::size_t most = no_limit,
                                           const wait_limit& limit = {});

/// The same with a file by its path, which is opened for it and closed afterwards.
///
/// *Errors*: as above, and those of opening it, with the step `open file`: `no_such_file_or_directory`,
/// `permission_denied`, `is_a_directory` (on Windows: `permission_denied`), `invalid_argument` (a NUL byte, an empty
/// path). When `from` is closed, no file is made or emptied.
/// *Example*: examples/files.cpp
[[nodiscard]] result<std::size_t> transfer(pipe_reader& from, const to_file& to, std::size_t most = no_limit,
                                           const wait_limit& limit = {});
[[nodiscard]] result<std::size_t> transfer(pipe_reader& from, const append_to& to, std::size_t most = no_limit,
                                           const wait_limit& limit = {});
[[nodiscard]] result<std::size_t> transfer(const from_file& from, pipe_writer& to, std::size_t most = no_limit,
                                           const wait_limit& limit = {});

} // namespace windpipe

// transfer.hpp - bytes from one pipe straight into another.
#pragma once

#include <windpipe/error.hpp>
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

} // namespace windpipe

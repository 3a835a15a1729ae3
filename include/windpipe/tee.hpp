// tee.hpp - bytes from one pipe into two others.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <cstddef>

namespace windpipe {

/// Where a tee() stands, for the call that goes on after it has failed.
struct tee_progress {
    /// So many bytes at the front of what is still in the source are in the second pipe already.
    std::size_t ahead = 0;
    bool first_has_left = false;  ///< nobody reads the first pipe any more
    bool second_has_left = false; ///< nobody reads the second pipe any more
};

/// Moves bytes from one pipe into `first` and copies them into `second`, until the stream ends or `most` bytes have
/// been moved. Closes no end.
///
/// Both get the same bytes, none lost and none doubled, also over several calls with the same `progress`: after a
/// failure the next one goes on where this one stopped. The slower of the two readers decides how fast it is.
///
/// When nobody reads one of the two any more, this call fails with `broken_pipe`, and `progress` says whose reader has
/// left. The next call with it goes on with the other one alone; the end of the one that has left may be closed.
/// *Blocks*: while `from` is empty and somebody holds its write end, and while `first` or `second` is full and somebody
/// holds its read end.
/// *Returns*: the number of bytes moved, each of which is in both pipes (or was meant for a reader that has left);
/// fewer than `most` only at end of stream.
/// *Errors*: those of pipe_reader::read_some() and pipe_writer::write_some(). error::transferred bytes were moved; all
/// others are still in `from`, of which the first tee_progress::ahead are in `second` already. `broken_pipe` is noticed
/// when there is something to move.
/// *Threads*: one thread at a time reads from `from`; otherwise as read_some() and write_some(). close() of any of the
/// ends calls it off.
/// *Systems*: on Linux both pipes hold the same pages and nothing is copied; where that cannot be, and on Windows, the
/// bytes pass through memory of this process.
/// *Example*: examples/branch.cpp
/// *Source*: tee(2), splice(2); PeekNamedPipe, WriteFile, ReadFile.
[[nodiscard]] result<std::size_t> tee(pipe_reader& from, pipe_writer& first, pipe_writer& second,
                                      tee_progress& progress, std::size_t most = no_limit,
                                      const wait_limit& limit = {});
[[nodiscard]] result<std::size_t> tee(pipe_reader& from, pipe_writer& first, pipe_writer& second,
                                      std::size_t most = no_limit, const wait_limit& limit = {});

} // namespace windpipe

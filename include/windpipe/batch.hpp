// batch.hpp - many children at once.
#pragma once

#include <windpipe/child.hpp>
#include <windpipe/command.hpp>
#include <windpipe/error.hpp>

#include <span>
#include <vector>

namespace windpipe {

/// Starts every command as its spawn() would, faster than one after the other: a start is mostly waiting for the
/// system, so a second thread, which lives for this call, starts half of them.
///
/// *Blocks*: until each program has been loaded or could not be.
/// *Returns*: one result for each command, in their order; a failed start takes none of the others along. In which
/// order they were started is not said.
/// *Errors*: `not_enough_memory` for the list of results: then nothing has been started. Those of command::spawn() are
/// in the list. `too_many_files_open` there: each child takes a handle here, and one more for each stream that is
/// piped.
/// *Ownership*: as command::spawn(), for each command that was started.
/// *Threads*: nobody else may use the commands meanwhile.
/// *Example*: examples/batch.cpp
[[nodiscard]] result<std::vector<result<child>>> spawn_all(std::span<command> commands);

} // namespace windpipe

// lost_process.hpp - failures that are not ours.
#pragma once

#include <windpipe/error.hpp>

namespace windpipe_test {

/// Whether the system below this one lost a process before its first instruction: Wine does now and then, and calls it
/// ERROR_INTERNAL_ERROR.
bool is_lost_process(const windpipe::error& failure);

/// Whether it may keep the handles of a process whose parent is killed while it starts it, and never start it: Wine
/// does so about once in 300 times, and whoever reads what the process could have written waits for ever.
bool keeps_handles_of_the_half_started();

} // namespace windpipe_test

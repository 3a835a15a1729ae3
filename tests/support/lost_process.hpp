// lost_process.hpp - failures that are not ours.
#pragma once

#include <windpipe/error.hpp>

namespace windpipe_test {

/// Whether the system below this one lost a process before its first instruction: Wine does now and then, and calls it
/// ERROR_INTERNAL_ERROR.
bool is_lost_process(const windpipe::error& failure);

} // namespace windpipe_test

// codes.hpp - the errors of this system that tests inject.
#pragma once

#include <windpipe/error.hpp>

#include <string_view>
#include <vector>

namespace windpipe_test::faults {

/// Errors that any call may meet: out of handles, out of memory, not allowed, and one that nobody expects.
std::vector<int> usual_codes();

/// Whether a call of this name can be interrupted by a signal.
bool can_be_interrupted(std::string_view call);
/// The code of such an interruption.
int interruption_code();

/// Whether the system below this one lost a process before its first instruction: Wine does now and then, and calls it
/// ERROR_INTERNAL_ERROR.
bool is_lost_process(const windpipe::error& failure);

} // namespace windpipe_test::faults

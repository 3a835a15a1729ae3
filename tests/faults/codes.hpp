// codes.hpp - the errors of this system that tests inject.
#pragma once

#include <string_view>
#include <vector>

namespace windpipe_test::faults {

/// Errors that any call may meet: out of handles, out of memory, not allowed, and one that nobody expects.
std::vector<int> usual_codes();

/// Whether a call of this name can be interrupted by a signal.
bool can_be_interrupted(std::string_view call);
/// The code of such an interruption.
int interruption_code();

} // namespace windpipe_test::faults

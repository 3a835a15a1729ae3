#include "../codes.hpp"

#include <windows.h>

namespace windpipe_test::faults {

// Two: of all codes that any call may give, only that of refused access is asked for; and a start costs Wine a tenth
// of a second.
std::vector<int> usual_codes() { return {ERROR_NOT_ENOUGH_MEMORY, ERROR_ACCESS_DENIED}; }

bool can_be_interrupted(std::string_view /*call*/) { return false; }

int interruption_code() { return 0; }

} // namespace windpipe_test::faults

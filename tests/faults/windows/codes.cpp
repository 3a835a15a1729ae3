#include "../codes.hpp"

#include <windows.h>

namespace windpipe_test::faults {

std::vector<int> usual_codes() {
    return {ERROR_TOO_MANY_OPEN_FILES, ERROR_NOT_ENOUGH_MEMORY, ERROR_ACCESS_DENIED, ERROR_IO_DEVICE};
}

bool can_be_interrupted(std::string_view /*call*/) { return false; }

int interruption_code() { return 0; }

} // namespace windpipe_test::faults

// gate.hpp - the test build's gate: counts the system calls of the backend and fails the one that a test names.
#pragma once

#include <string_view>

namespace windpipe::platform {

int fault(std::string_view call) noexcept;

} // namespace windpipe::platform

// gate.hpp - where a test build can make any one system call of a backend fail. In this, the real build, none does.
//
// Every call of src/platform/<system>/sys.hpp asks fault() first. Tests put tests/faults in the place of this folder.
#pragma once

#include <string_view>

namespace windpipe::platform {

/// The system's error code with which `call` shall fail instead of being made; 0: make it.
constexpr int fault(std::string_view /*call*/) noexcept { return 0; }

} // namespace windpipe::platform

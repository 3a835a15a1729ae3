#include "platform/platform.hpp"

namespace windpipe::platform {

// errno values are what std::errc is made of.
const std::error_category& native_category() noexcept { return std::system_category(); }

} // namespace windpipe::platform

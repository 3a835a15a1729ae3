// duration.hpp - times as people write them.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace windpipe_tool {

/// "10" and "10s" (seconds), "1.5", "500ms", "2m", "1h", "1d": a number, perhaps with a fraction, and a unit.
///
/// *Returns*: nothing for any other text, less than a millisecond, and more than a century.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

} // namespace windpipe_tool

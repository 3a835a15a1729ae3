// size.hpp - numbers of bytes as people write them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace windpipe_tool {

/// "65536", "64k", "64KiB", "1M", "1GiB": a whole number and a unit, all powers of 1024, capital or small.
///
/// *Returns*: nothing for any other text, zero, and what does not fit.
std::optional<std::size_t> parse_size(std::string_view text);

} // namespace windpipe_tool

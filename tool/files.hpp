// files.hpp - whole files of text.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace windpipe_tool {

/// The bytes of a file. *Errors*: why it cannot be read, for people; also where it holds more than `most`.
std::expected<std::string, std::string> read_whole(const std::string& path, std::size_t most = std::size_t{1} << 30U);

} // namespace windpipe_tool

// quoting.hpp - command lines: one string from arguments, and arguments from one string.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace windpipe::win32 {

/// The command line from which both parsers make `arguments` again.
std::string joined_command_line(const std::vector<std::string>& arguments);

/// The arguments that the C run-time of Windows makes of a command line.
std::vector<std::string> split_command_line(std::string_view line);

} // namespace windpipe::win32

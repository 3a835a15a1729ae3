// windows_parsers.hpp - the two ways in which Windows programs split their command line, written from their rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace windpipe_test {

/// As the C run-time does for main().
/// Source: Microsoft, "Parsing C command-line arguments"; `""` inside quotation marks is one literal mark.
std::vector<std::string> split_like_c_runtime(std::string_view line);

/// As CommandLineToArgvW does: of three quotation marks in a row, counting the one that opened, one is literal.
/// Source: Microsoft, "CommandLineToArgvW function".
std::vector<std::string> split_like_shell32(std::string_view line);

} // namespace windpipe_test

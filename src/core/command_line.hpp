// command_line.hpp - one string from many arguments, for the system that passes a single string to a program.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace windpipe {

/// The command line from which both CommandLineToArgvW and the C run-time make `arguments` again.
///
/// The two parsers differ on `""` inside quotes, so that is never written: a quotation mark becomes `\"`, and the
/// backslashes before one, or before the closing one, are doubled.
/// arguments[0] is read by another rule (up to the closing quotation mark, backslashes are plain): it cannot hold one.
/// PRE: arguments is not empty; arguments[0] holds no quotation mark; nothing holds a NUL.
/// Source: Microsoft, "Parsing C command-line arguments", CommandLineToArgvW.
std::string windows_command_line(std::span<const std::string> arguments);

/// Whether Windows would hand `program` to cmd.exe: it ends in .bat or .cmd, also behind trailing dots and blanks,
/// which Windows drops from file names (CVE-2024-24576, CVE-2024-43402).
bool is_batch_file(std::string_view program);

} // namespace windpipe

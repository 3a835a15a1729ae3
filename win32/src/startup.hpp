// startup.hpp - what the layer does before main(): the handles that were given to this process.
#pragma once

#include "windows.h"

#include <string>

namespace windpipe::win32 {

/// For the table, without which nothing works: the linker takes from an archive only what is asked for.
extern const char startup_is_linked;

/// The command line as whoever started us gave it, or made of our arguments.
const std::string& own_command_line();

/// What GetStdHandle gives: 0 for the input, 1 for the output, 2 for errors.
[[nodiscard]] HANDLE standard_handle(unsigned stream) noexcept;
void set_standard_handle(unsigned stream, HANDLE handle) noexcept;

} // namespace windpipe::win32

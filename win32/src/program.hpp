// program.hpp - which file a command line means.
#pragma once

#include <string>
#include <vector>

namespace windpipe::win32 {

struct found_program {
    std::string path;
    unsigned error = 0;       ///< of Windows; 0: it can be tried
    bool is_of_layer = false; ///< whether it was built on this layer, and so knows handles
};

/// By the rules of CreateProcess: `application` as it is, or else the first word of the command line, which may go on
/// behind a blank, in the directory of this program, the current one and those of PATH. `.exe` is tried, too.
found_program find_program(const std::string* application, const std::string& command_line);

} // namespace windpipe::win32

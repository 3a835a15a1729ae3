// files.hpp - files by their path, where a command or a transfer takes one.
#pragma once

#include <string>

namespace windpipe {

/// A file to read. It is opened by us, relative to our current directory.
struct from_file {
    std::string path; ///< UTF-8
};

/// A file to write, made if missing, emptied first. Opened by us, relative to our current directory.
struct to_file {
    std::string path; ///< UTF-8
};

/// A file to write, made if missing, at its end. Opened by us, relative to our current directory.
struct append_to {
    std::string path; ///< UTF-8
};

} // namespace windpipe

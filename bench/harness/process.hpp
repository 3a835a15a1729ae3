// process.hpp - this process: where its program lies, how it is started, whether somebody watches.
#pragma once

#include <string>

namespace bench {

/// The path of a file that the build put beside the benchmark programs; a full path is left as it is.
std::string beside_program(const std::string& name);

/// How a reader starts the benchmark of this question.
std::string command_for(const std::string& question);

/// Whether standard error is a terminal that understands control sequences.
bool is_watched();

} // namespace bench

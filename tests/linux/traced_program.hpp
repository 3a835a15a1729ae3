// traced_program.hpp - a program that this thread traces by ptrace(2), from its first instruction on.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace windpipe_test {

/// Starts it: it is stopped then, tells its system calls by SIGTRAP | 0x80, and ends with us. Nothing when tracing is
/// not allowed here.
std::optional<pid_t> start_traced(const std::string& program, const std::vector<std::string>& args);

} // namespace windpipe_test

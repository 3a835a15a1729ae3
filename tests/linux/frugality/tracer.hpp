// tracer.hpp - which system calls a program makes, by ptrace(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_test {

struct traced_call {
    long number = 0;
    std::uint64_t first_argument = 0;
    std::uint64_t behind_first_argument = 0; ///< what it points to, where it is a pointer
};

/// Runs a program and gives the calls its first thread makes between its first and its second getppid(2). Nothing when
/// tracing is not allowed here.
std::optional<std::vector<traced_call>> trace(const std::string& program, const std::vector<std::string>& args);

} // namespace windpipe_test

// children.hpp - the programs that are started, those of each system.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

/// Has no C library and only exits with 0.
std::vector<std::string> tiny_child();
/// An ordinary program that only exits with 0, and its name in the tables.
std::vector<std::string> true_child();
std::string name_of_true_child();
/// Writes "hi" and a line feed.
std::vector<std::string> echo_child();
/// Copies its standard input to its standard output.
std::vector<std::string> cat_child();
/// Writes so many bytes of the pattern in blocks of so many; a further word is the processor it moves itself to.
std::vector<std::string> emit_child(std::uint64_t block, std::uint64_t bytes);

/// Writes 64 KiB of the pattern when its standard input has ended. Has no C library.
std::vector<std::string> gated_child();

} // namespace bench

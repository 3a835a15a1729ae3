#include "harness/process.hpp"

#include "harness/children.hpp"

#include <filesystem>

#include <unistd.h>

namespace bench {

std::string beside_program(const std::string& name) {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

std::string command_for(const std::string& question) { return "./dev bench " + question; }

bool is_watched() { return isatty(STDERR_FILENO) == 1; }

std::vector<std::string> tiny_child() { return {beside_program("bench_tiny")}; }

std::vector<std::string> true_child() { return {"/bin/true"}; }

std::string name_of_true_child() { return true_child().front(); }

std::vector<std::string> echo_child() { return {"/bin/echo", "hi"}; }

std::vector<std::string> cat_child() { return {"/bin/cat"}; }

std::vector<std::string> emit_child(std::uint64_t block, std::uint64_t bytes) {
    return {beside_program("bench_emit"), std::to_string(block), std::to_string(bytes)};
}

std::vector<std::string> gated_child() { return {beside_program("bench_gated")}; }

} // namespace bench

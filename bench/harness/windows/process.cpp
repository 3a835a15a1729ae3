#include "harness/process.hpp"

#include "harness/children.hpp"

#include <array>
#include <filesystem>

#include <windows.h>

namespace bench {

std::string beside_program(const std::string& name) {
    std::array<wchar_t, 32768> path{};
    GetModuleFileNameW(nullptr, path.data(), static_cast<DWORD>(path.size()));
    const std::filesystem::path folder = std::filesystem::path(path.data()).parent_path();
    return (folder / name).make_preferred().string();
}

std::string command_for(const std::string& question) { return "bench_" + question + ".exe"; }

bool is_watched() {
    const HANDLE screen = GetStdHandle(STD_ERROR_HANDLE);
    DWORD mode = 0;
    return GetConsoleMode(screen, &mode) &&
           SetConsoleMode(screen, mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

std::vector<std::string> tiny_child() { return {beside_program("bench_tiny.exe")}; }

std::vector<std::string> true_child() { return {beside_program("bench_utility.exe"), "true"}; }

std::string name_of_true_child() { return "bench_utility true"; }

std::vector<std::string> echo_child() { return {beside_program("bench_utility.exe"), "echo", "hi"}; }

std::vector<std::string> cat_child() { return {beside_program("bench_utility.exe"), "cat"}; }

std::vector<std::string> emit_child(std::uint64_t block, std::uint64_t bytes) {
    return {beside_program("bench_emit.exe"), std::to_string(block), std::to_string(bytes)};
}

} // namespace bench

// proc_files.hpp - reading /proc, where everything may vanish between two calls.
#pragma once

#include <windpipe/handle.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_tool::xray {

/// The whole of a file of /proc; nothing where it is not there or may not be read.
std::optional<std::string> read_file(const std::string& path);

/// Where a link of /proc leads; empty where that may not be seen.
std::string read_link(const std::string& path);

/// The entries of a directory that are numbers; nothing where it is not there or may not be read.
std::optional<std::vector<std::uint32_t>> numbers_in(const std::string& directory);

/// The number at the beginning of `text`; nothing for another beginning.
template <class Number = std::uint64_t>
std::optional<Number> number_in(std::string_view text, int base = 10) {
    Number number{};
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return failure == std::errc() ? std::optional(number) : std::nullopt;
}

/// The number behind `key` at the beginning of a line, as in "rchar: 12".
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view key, int base = 10);

/// What /proc/pid/stat says, the name in its middle taken apart: it may hold any byte. Source: proc(5).
struct stat_line {
    std::string name;
    char state = '?';
    std::uint32_t parent = 0;
    std::uint64_t ticks = 0;          ///< on a processor, in clock ticks
    std::uint64_t children_ticks = 0; ///< of children that have ended and were waited for
    std::uint64_t began = 0;
    std::uint64_t pages = 0; ///< resident
};

std::optional<stat_line> parse_stat(std::string_view text);

} // namespace windpipe_tool::xray

// paths.hpp - names of files in UTF-8, as all text here is, on systems that have other names for them.
#pragma once

#include <filesystem>
#include <string>

namespace windpipe_tool {

inline std::filesystem::path path_of(const std::string& utf8) { return {std::u8string(utf8.begin(), utf8.end())}; }

inline std::string utf8_of(const std::filesystem::path& path) {
    const std::u8string text = path.u8string();
    return {text.begin(), text.end()};
}

} // namespace windpipe_tool

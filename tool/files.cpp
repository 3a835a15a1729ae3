#include "files.hpp"

#include "paths.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace windpipe_tool {

std::expected<std::string, std::string> read_whole(const std::string& path, std::size_t most) {
    constexpr std::size_t piece = std::size_t{64} << 10U;
    const std::filesystem::path name = path_of(path);
    std::error_code failed;
    if (std::filesystem::is_directory(name, failed)) {
        return std::unexpected("it is a folder");
    }
    errno = 0;
    std::ifstream file(name, std::ios::binary);
    std::string text;
    while (file && text.size() <= most) {
        const std::size_t have = text.size();
        text.resize(have + piece);
        file.read(text.data() + have, static_cast<std::streamsize>(piece));
        text.resize(have + static_cast<std::size_t>(file.gcount()));
    }
    if (!file.is_open() || file.bad()) {
        return std::unexpected(errno != 0 ? std::generic_category().message(errno) : "it cannot be opened");
    }
    return text.size() <= most ? std::expected<std::string, std::string>(std::move(text))
                               : std::unexpected("it is too long");
}

} // namespace windpipe_tool

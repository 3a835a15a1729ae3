// files.hpp - files of a test, in a folder that is its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

namespace windpipe_test {

/// Removed with what is in it.
class folder_of_test {
public:
    folder_of_test() {
        std::random_device dice;
        const std::uint64_t number = (std::uint64_t{dice()} << 32U) + dice();
        folder_ = std::filesystem::temp_directory_path() / ("windpipe_tool_" + std::to_string(number));
        EXPECT_TRUE(std::filesystem::create_directory(folder_));
    }
    folder_of_test(const folder_of_test&) = delete;
    folder_of_test& operator=(const folder_of_test&) = delete;
    ~folder_of_test() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
    /// How many files are in it, hidden ones too.
    [[nodiscard]] std::ptrdiff_t files() const {
        return std::distance(std::filesystem::directory_iterator(folder_), {});
    }

private:
    std::filesystem::path folder_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.is_open()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::string& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    EXPECT_TRUE(file.flush()) << path;
}

} // namespace windpipe_test

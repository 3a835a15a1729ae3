// control_groups.hpp - the control groups that this process has made, as the system shows them.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace windpipe_test {

/// The directory of our own control group of version 2; empty where there is none.
inline std::filesystem::path own_control_group() {
    std::string own;
    std::ifstream groups("/proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        own = line.starts_with("0::/") ? line.substr(4) : own;
    }
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words(line);
        std::string word;
        std::string root;
        std::string point;
        words >> word >> word >> word >> root >> point;
        if (line.find(" - cgroup2 ") != std::string::npos && root == "/") {
            return std::filesystem::path(point) / own;
        }
    }
    return {};
}

/// Those below it that are ours.
inline std::vector<std::filesystem::path> control_groups_of_ours() {
    std::vector<std::filesystem::path> ours;
    const std::string name = "windpipe-" + std::to_string(::getpid()) + "-";
    std::error_code ignored;
    for (const auto& each : std::filesystem::directory_iterator(own_control_group(), ignored)) {
        if (each.path().filename().string().starts_with(name)) {
            ours.push_back(each.path());
        }
    }
    return ours;
}

} // namespace windpipe_test

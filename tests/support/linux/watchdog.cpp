// watchdog.cpp - what /proc tells of threads that do not come on, and the end of children.
#include "support/watchdog.hpp"

#include <algorithm>
#include <csignal>
#include <dirent.h>
#include <fstream>
#include <iterator>
#include <sys/types.h>
#include <vector>

namespace windpipe_test::detail {

namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::vector<std::string> thread_directories() {
    std::vector<std::string> paths;
    DIR* directory = ::opendir("/proc/self/task");
    while (const dirent* entry = directory != nullptr ? ::readdir(directory) : nullptr) {
        if (entry->d_name[0] != '.') {
            paths.push_back(std::string("/proc/self/task/") + entry->d_name);
        }
    }
    if (directory != nullptr) {
        ::closedir(directory);
    }
    return paths;
}

} // namespace

std::chrono::seconds usual_time() noexcept { return std::chrono::seconds(60); }

std::string describe_threads() {
    std::string lines;
    for (const std::string& path : thread_directories()) {
        lines.append("  thread ").append(path.substr(path.rfind('/') + 1)).append(": system call ");
        lines.append(first_line(path + "/syscall")).append(" in ").append(first_line(path + "/wchan")).append("\n");
    }
    return lines;
}

void kill_children() noexcept {
    for (const std::string& path : thread_directories()) {
        std::ifstream list(path + "/children");
        std::for_each(std::istream_iterator<pid_t>(list), {}, [](pid_t child) { ::kill(child, SIGKILL); });
    }
}

} // namespace windpipe_test::detail

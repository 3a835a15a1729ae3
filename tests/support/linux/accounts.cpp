// accounts.cpp - /proc knows what this process holds.
#include "support/accounts.hpp"

#include <algorithm>
#include <dirent.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

namespace windpipe_test {

namespace {

/// The numbers that are the entries of a directory of /proc, without the one that lists it.
std::vector<int> numbers_in(const char* path) {
    DIR* directory = ::opendir(path);
    if (directory == nullptr) {
        throw std::system_error(errno, std::generic_category(), path);
    }
    std::vector<int> numbers;
    while (const dirent* entry = ::readdir(directory)) {
        const int number = std::atoi(entry->d_name);
        if (entry->d_name[0] != '.' && number != ::dirfd(directory)) {
            numbers.push_back(number);
        }
    }
    ::closedir(directory);
    std::ranges::sort(numbers);
    return numbers;
}

std::vector<int> child_ids() {
    std::vector<int> ids;
    for (const int thread : numbers_in("/proc/self/task")) {
        std::ifstream list("/proc/self/task/" + std::to_string(thread) + "/children");
        std::copy(std::istream_iterator<int>(list), {}, std::back_inserter(ids));
    }
    return ids;
}

bool is_zombie(int process) {
    std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
    std::stringstream text;
    text << stat.rdbuf();
    const std::string all = text.str();
    const std::size_t name_end = all.rfind(')');
    return name_end != std::string::npos && name_end + 2 < all.size() && all[name_end + 2] == 'Z';
}

} // namespace

std::vector<std::string> open_handles() {
    std::vector<std::string> handles;
    for (const int number : numbers_in("/proc/self/fd")) {
        std::string target(4096, '\0');
        const ssize_t size =
            ::readlink(("/proc/self/fd/" + std::to_string(number)).c_str(), target.data(), target.size());
        if (size >= 0) {
            target.resize(static_cast<std::size_t>(size));
            handles.push_back(std::to_string(number) + " " + target);
        }
    }
    return handles;
}

std::size_t threads() { return numbers_in("/proc/self/task").size(); }

std::size_t children() { return child_ids().size(); }

std::size_t zombies() {
    const std::vector<int> ids = child_ids();
    return static_cast<std::size_t>(std::ranges::count_if(ids, is_zombie));
}

bool allow_open_handles(std::size_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t wanted = open_handles().size() + count + 16;
    if (limit.rlim_cur < wanted) {
        limit.rlim_cur = std::min(wanted, limit.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    return limit.rlim_cur >= wanted;
}

namespace detail {

std::map<std::string, std::size_t> count_handles() { return {{"descriptor", open_handles().size()}}; }

std::size_t tolerated(const std::string& /*kind*/) noexcept { return 0; }

} // namespace detail

} // namespace windpipe_test

#include "harness/machine.hpp"

#include "harness/conditions.hpp"

#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>

#include <gnu/libc-version.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace bench {

namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

/// The value after "key : " of a /proc file.
std::string field(const std::string& path, const std::string& key) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        const std::size_t colon = line.find(':');
        if (line.starts_with(key) && colon != std::string::npos) {
            const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
            return begin == std::string::npos ? "" : line.substr(begin);
        }
    }
    return "";
}

std::string output_of(const std::string& shell_line) {
    std::FILE* pipe = popen(shell_line.c_str(), "re");
    std::string text;
    if (pipe != nullptr) {
        char buffer[256];
        while (std::fgets(buffer, sizeof(buffer), pipe) != nullptr) {
            text += buffer;
        }
        pclose(pipe);
    }
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

std::string or_unknown(std::string text) { return text.empty() ? "unknown" : text; }

} // namespace

nlohmann::json describe_machine() {
    utsname system{};
    uname(&system);
    const std::string governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    const bool virtual_machine = field("/proc/cpuinfo", "flags").find(" hypervisor") != std::string::npos;
    return {{"cpu", or_unknown(field("/proc/cpuinfo", "model name"))},
            {"cpu_family", field("/proc/cpuinfo", "cpu family")},
            {"cpus", usable_cpus().size()},
            {"memory", field("/proc/meminfo", "MemTotal")},
            {"virtual_machine", virtual_machine},
            {"kernel", std::string(system.sysname) + " " + system.release + " " + system.machine},
            {"governor", governor.empty() ? "not shown by the kernel" : governor},
            {"huge_pages", or_unknown(first_line("/sys/kernel/mm/transparent_hugepage/enabled"))},
            {"pipe_max_size", first_line("/proc/sys/fs/pipe-max-size")},
            {"pipe_user_pages_soft", first_line("/proc/sys/fs/pipe-user-pages-soft")},
            {"libc", std::string("glibc ") + gnu_get_libc_version()}};
}

nlohmann::json describe_build() {
    const std::string git = "git -c 'safe.directory=*' -C '" BENCH_SOURCE_DIR "' ";
    // The published results and their page are no part of what was measured.
    const std::string changed = output_of(git + "status --porcelain -- .. ':!results' ':!README.md' 2>/dev/null");
    char date[32];
    const std::time_t now = std::time(nullptr);
    std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    return {{"commit", or_unknown(output_of(git + "rev-parse HEAD 2>/dev/null"))},
            {"changed_since_commit", !changed.empty()},
            {"compiler", BENCH_COMPILER},
            {"flags", BENCH_FLAGS},
            {"build_type", BENCH_BUILD_TYPE},
            {"date", date}};
}

} // namespace bench

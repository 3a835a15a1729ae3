#include "program.hpp"

#include "sys.hpp"

#include <filesystem>

namespace windpipe::platform {

namespace {

/// The child changes its directory before it executes the program: a relative path must not follow it there.
result<std::string> as_seen_from_here(std::string path, const spawn_plan& plan) {
    if (!plan.directory || path.starts_with('/')) {
        return path;
    }
    std::error_code code;
    const auto here = std::filesystem::current_path(code);
    if (code) {
        return sys::failed("find program", code.value(), "our current directory cannot be named");
    }
    return here.string() + '/' + path;
}

} // namespace

// As execvp(3) searches, except that an empty entry does not mean the current directory.
result<std::string> find_program(const spawn_plan& plan) {
    if (plan.program_is_path) {
        return as_seen_from_here(plan.program, plan);
    }
    int best_code = ENOENT;
    std::string refused;
    for (const std::string& directory : plan.search) {
        if (directory.empty()) {
            continue;
        }
        std::string path = directory + '/' + plan.program;
        struct stat about{};
        if (sys::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode)) {
            continue;
        }
        if (sys::faccessat(path.c_str(), X_OK) == 0) {
            return as_seen_from_here(std::move(path), plan);
        }
        best_code = EACCES;
        refused = path;
    }
    return sys::failed("find program", best_code,
                       best_code == EACCES ? refused + " is not executable"
                                           : "'" + plan.program + "' is in no directory of PATH");
}

} // namespace windpipe::platform

#include "program.hpp"
#include "sys.hpp"

#include "core/command_line.hpp"
#include "core/utf16.hpp"

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "find program";

/// ERROR_SUCCESS if there is such a file.
DWORD look_for(const std::u16string& path) noexcept {
    const DWORD attributes = sys::get_file_attributes(wide(path));
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        return ::GetLastError();
    }
    return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? DWORD{ERROR_ACCESS_DENIED} : DWORD{ERROR_SUCCESS};
}

bool is_missing(DWORD code) noexcept {
    return sys::failure_of(step, code).code == std::errc::no_such_file_or_directory;
}

bool has_extension(std::u16string_view path) noexcept {
    return path.find(u'.', path.find_last_of(u"\\/") + 1) != std::u16string_view::npos; // npos + 1 is 0
}

result<std::u16string> full_path(const std::u16string& path) {
    std::u16string full(32768, u'\0'); // no path is longer
    const DWORD size =
        sys::get_full_path(wide(path), static_cast<DWORD>(full.size()), reinterpret_cast<wchar_t*>(full.data()));
    if (size == 0 || size >= full.size()) {
        return sys::failed(step, size == 0 ? ::GetLastError() : DWORD{ERROR_INVALID_NAME});
    }
    full.resize(size);
    return full;
}

std::unexpected<error> batch_file(const std::string& name) {
    return sys::refused(step, std::errc::invalid_argument,
                        name + " is a batch file: cmd.exe would read its arguments again by rules that no quoting can "
                               "satisfy. Start cmd.exe yourself with a command line you trust, or a program");
}

/// Where the plan's program may be, in order.
result<std::vector<std::u16string>> candidates(const spawn_plan& plan) {
    auto name = to_utf16(plan.program, step);
    if (!name) {
        return std::unexpected(std::move(name).error());
    }
    const bool complete = has_extension(*name);
    if (plan.program_is_path) {
        return complete ? std::vector{*name} : std::vector{*name, *name + u".exe"};
    }
    std::vector<std::u16string> paths;
    for (const std::string& directory : plan.search) {
        auto path = from_wtf8(directory, step); // of PATH, which need not be UTF-16
        if (!path) {
            return std::unexpected(std::move(path).error());
        }
        if (!path->empty()) { // an empty entry is no name for the current directory here
            paths.push_back(*path + u'\\' + *name + (complete ? u"" : u".exe"));
        }
    }
    return paths;
}

} // namespace

result<std::u16string> find_program(const spawn_plan& plan) {
    if (is_batch_file(plan.program)) {
        return batch_file(plan.program);
    }
    const auto paths = candidates(plan);
    if (!paths) {
        return std::unexpected(paths.error());
    }
    DWORD why = ERROR_FILE_NOT_FOUND;
    for (const std::u16string& path : *paths) {
        const DWORD code = look_for(path);
        if (code == ERROR_SUCCESS) {
            auto full = full_path(path);
            if (full && is_batch_file(to_utf8(*full))) {
                return batch_file(to_utf8(*full));
            }
            return full;
        }
        if (!is_missing(code) || (plan.program_is_path && &path == &paths->front())) {
            why = code;
        }
    }
    if (plan.program_is_path) {
        return sys::failed("exec", why, plan.program); // nothing was searched: it is what could not be executed
    }
    return sys::failed(step, why,
                       plan.program + ", searched in " + std::to_string(paths->size()) + " directories of PATH");
}

} // namespace windpipe::platform

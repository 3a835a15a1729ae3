#include <windpipe/error.hpp>

namespace windpipe {

namespace {

/// What to do about it, where that is the same whatever failed.
std::string_view remedy(const std::error_code& code) {
    if (code == std::errc::too_many_files_open) {
        return "close ends that are no longer needed, or raise the limit of open files of this process";
    }
    if (code == std::errc::too_many_files_open_in_system) {
        return "the whole system is out of open files";
    }
    if (code == std::errc::argument_list_too_long) {
        return "pass the data through a pipe or a file instead";
    }
    return {};
}

} // namespace

std::string error::message() const {
    std::string text(operation);
    text += ": ";
    text += code.message();
    if (!context.empty()) {
        text += ": ";
        text += context;
    }
    if (const std::string_view advice = remedy(code); !advice.empty()) {
        text += " (";
        text += advice;
        text += ')';
    }
    return text;
}

failure::failure(error cause) : std::system_error(cause.code), cause_(std::move(cause)), what_(cause_.message()) {}

void detail::throw_failure(error cause) { throw failure(std::move(cause)); }

} // namespace windpipe

#include "outlet.hpp"

#include "platform.hpp"

#include <cerrno>
#include <span>
#include <utility>

namespace windpipe_tool {

outlet::outlet(std::FILE* to) : file_(to) {
    if (auto pipe = windpipe::pipe_writer::adopt(platform::duplicate(to))) {
        pipe_.emplace(std::move(*pipe));
    }
}

std::error_code outlet::write(std::string_view text, const std::stop_token* insists) {
    if (!pipe_) {
        errno = 0;
        const bool written = std::fwrite(text.data(), 1, text.size(), file_) == text.size() && std::fflush(file_) == 0;
        return written ? std::error_code() : std::error_code(errno, std::generic_category());
    }
    for (auto left = std::as_bytes(std::span(text)); !left.empty();) {
        const auto written = pipe_->write(left, {.until = patience});
        if (written) {
            break;
        }
        const bool waits_on = insists != nullptr && !insists->stop_requested();
        if (written.error().code != std::errc::timed_out || (written.error().transferred == 0 && !waits_on)) {
            return written.error().code;
        }
        left = left.subspan(written.error().transferred);
    }
    return {};
}

} // namespace windpipe_tool

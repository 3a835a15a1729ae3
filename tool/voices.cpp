#include "voices.hpp"

#include "say.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <stop_token>
#include <system_error>
#include <utility>

namespace windpipe_tool {

namespace {

constexpr std::size_t longest = std::size_t{64} << 10U;

} // namespace

void voices::listen(std::string name, windpipe::pipe_reader end) {
    listeners_.emplace_back([this, name = std::move(name), from = std::move(end)](const std::stop_token& stop) mutable {
        speak(name, from, stop);
    });
}

void voices::finish() {
    for (std::jthread& each : listeners_) {
        each.request_stop();
    }
    listeners_.clear(); // joins
}

void voices::speak(const std::string& name, windpipe::pipe_reader& end, const std::stop_token& stop) {
    std::array<std::byte, 16384> buffer{};
    std::string text;
    windpipe::wait_limit limit{.stop = stop};
    std::size_t left = windpipe::no_limit;
    while (left > 0) {
        const auto read = end.read_some(std::span(buffer).first(std::min(left, buffer.size())), limit);
        if (!read && read.error().code == std::errc::operation_canceled) {
            left = end.available().value_or(0); // what is there, and no more: somebody else may still write
            limit = {.until = std::chrono::seconds(0)};
            continue;
        }
        if (!read || *read == 0) {
            break;
        }
        left -= left == windpipe::no_limit ? 0 : *read;
        text.append(reinterpret_cast<const char*>(buffer.data()), *read);
        write(name, text, text.size() >= longest, stop);
    }
    write(name, text, true, stop);
}

/// Writes the whole lines of `text`, or all of it, and leaves the rest.
void voices::write(const std::string& name, std::string& text, bool all, const std::stop_token& stop) {
    const std::size_t end = text.rfind('\n');
    const std::size_t size = all ? text.size() : end == std::string::npos ? 0 : end + 1;
    if (size == 0) {
        return;
    }
    std::string lines;
    for (std::size_t at = 0; at < size;) {
        const std::size_t next = std::min(text.find('\n', at), size - 1) + 1;
        lines.append(name).append(": ").append(text, at, next - at);
        at = next;
    }
    if (lines.back() != '\n') {
        lines += '\n';
    }
    text.erase(0, size);
    const std::lock_guard lock(guard_);
    pass_on(lines, stop);
}

} // namespace windpipe_tool

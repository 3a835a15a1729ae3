#include "say.hpp"

#include "exit_codes.hpp"
#include "outlet.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <utility>

namespace windpipe_tool {

namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F; }

std::timed_mutex keeping; // guards what follows
std::optional<std::string> kept;
bool nobody_reads = false;

void write_out(std::string_view text, const std::stop_token* until = nullptr) noexcept {
    if (nobody_reads) {
        return;
    }
    try {
        static outlet errors(stderr);
        nobody_reads = errors.write(text, until) == std::errc::timed_out;
    } catch (const std::exception&) { // no memory, not even for words
        return;
    }
}

void keep_or_write(std::string_view text, const std::stop_token* until = nullptr) noexcept {
    try {
        if (kept) {
            kept->append(text);
            return;
        }
    } catch (const std::bad_alloc&) { // then it is shown where the picture is
        write_out(text, until);
        return;
    }
    write_out(text, until);
}

} // namespace

void say(std::string_view text) noexcept {
    const std::unique_lock lock(keeping, outlet::patience);
    if (lock) { // else somebody waits for the reader already
        keep_or_write(text);
    }
}

void pass_on(std::string_view text, const std::stop_token& until) noexcept {
    const std::scoped_lock lock(keeping);
    keep_or_write(text, &until);
}

// NOLINTBEGIN(readability-convert-member-functions-to-static): only while something is kept

kept_words::kept_words() {
    const std::scoped_lock lock(keeping);
    kept.emplace();
}

kept_words::~kept_words() {
    const std::scoped_lock lock(keeping);
    write_out(*std::exchange(kept, std::nullopt));
}

std::size_t kept_words::size() const {
    const std::scoped_lock lock(keeping);
    return kept->size();
}

std::vector<std::string> kept_words::last_lines(std::size_t most) const {
    const std::scoped_lock lock(keeping);
    std::vector<std::string> lines;
    for (std::size_t end = kept->size(); end > 0 && lines.size() < most;) {
        const std::size_t before = end > 1 ? kept->rfind('\n', end - 2) : std::string::npos;
        const std::size_t begin = before == std::string::npos ? 0 : before + 1;
        lines.push_back(one_line(std::string_view(*kept).substr(begin, end - 1 - begin)));
        end = begin;
    }
    std::ranges::reverse(lines);
    return lines;
}

// NOLINTEND(readability-convert-member-functions-to-static)

int print(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
        complain("standard output cannot be written");
        return tool_failed;
    }
    return succeeded;
}

void complain(std::string_view text) noexcept {
    // In one piece, so that what the stages say does not come between.
    say("windpipe: " + one_line(text) + '\n');
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, is_control, '?');
    return line;
}

std::size_t length(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string shortened(std::string_view text, std::size_t width) {
    constexpr std::string_view mark = "...";
    if (length(text) <= width) {
        return std::string(text);
    }
    std::size_t kept = 0;
    std::size_t bytes = 0;
    while (bytes < text.size() && (!starts_character(text[bytes]) || kept++ + mark.size() < width)) {
        ++bytes;
    }
    return std::string(text.substr(0, bytes)).append(mark);
}

} // namespace windpipe_tool

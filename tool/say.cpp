#include "say.hpp"

#include <algorithm>
#include <cstdio>

namespace windpipe_tool {

namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

bool is_control(char byte) { return static_cast<unsigned char>(byte) < 0x20U || byte == 0x7F; }

} // namespace

void say(std::string_view text) noexcept { static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr)); }

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

// say.hpp - words for people. Standard output belongs to the last stage: these go to standard error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace windpipe_tool {

/// Writes `text` to standard error. If nobody can read it there, nobody needs to know.
void say(std::string_view text) noexcept;

/// "windpipe: ", the text in one line, and a line feed.
void complain(std::string_view text) noexcept;

/// `text` on one line that cannot harm a terminal: control characters become "?".
std::string one_line(std::string_view text);

/// `text`, cut to at most `width` characters (bytes that start one in UTF-8), with "..." in place of what is missing.
std::string shortened(std::string_view text, std::size_t width);

/// How many characters `text` has, counted as shortened() does.
std::size_t length(std::string_view text);

} // namespace windpipe_tool

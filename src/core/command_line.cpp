#include "command_line.hpp"

#include <algorithm>
#include <string_view>

namespace windpipe {

namespace {

void append_quoted(std::string& line, std::string_view argument) {
    if (!argument.empty() && argument.find_first_of(" \t\n\v\"") == std::string_view::npos) {
        line += argument;
        return;
    }
    line += '"';
    std::size_t backslashes = 0;
    for (const char c : argument) {
        if (c == '"') {
            line.append(backslashes + 1, '\\'); // those before it once more, and one for itself
        }
        backslashes = c == '\\' ? backslashes + 1 : 0;
        line += c;
    }
    line.append(backslashes, '\\');
    line += '"';
}

char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

} // namespace

std::string windows_command_line(std::span<const std::string> arguments) {
    std::string line = '"' + arguments.front() + '"';
    for (const std::string& argument : arguments.subspan(1)) {
        line += ' ';
        append_quoted(line, argument);
    }
    return line;
}

bool is_batch_file(std::string_view program) {
    const std::size_t last = program.find_last_not_of(". ");
    if (last == std::string_view::npos || last < 3) {
        return false;
    }
    std::string ending(program.substr(last - 3, 4));
    std::ranges::transform(ending, ending.begin(), ascii_lower);
    return ending == ".bat" || ending == ".cmd";
}

} // namespace windpipe

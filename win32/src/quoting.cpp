#include "quoting.hpp"

namespace windpipe::win32 {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string quoted(const std::string& argument) {
    if (!argument.empty() && argument.find_first_of(" \t\"") == std::string::npos) {
        return argument;
    }
    std::string text = "\"";
    std::size_t backslashes = 0;
    for (const char c : argument) {
        if (c == '"') { // those before it are doubled, and it has one of its own
            text.append(backslashes + 1, '\\');
        }
        backslashes = c == '\\' ? backslashes + 1 : 0;
        text += c;
    }
    return text.append(backslashes, '\\') + '"';
}

/// The first argument has rules of its own: a backslash is nothing special.
std::string take_program(std::string_view& line) {
    std::string name;
    bool inside = false;
    std::size_t at = 0;
    for (; at < line.size() && (inside || !is_blank(line[at])); ++at) {
        if (line[at] == '"') {
            inside = !inside;
        } else {
            name += line[at];
        }
    }
    line.remove_prefix(at);
    return name;
}

std::string take_argument(std::string_view& line) {
    std::string text;
    bool inside = false;
    std::size_t at = 0;
    while (at < line.size() && (inside || !is_blank(line[at]))) {
        std::size_t backslashes = 0;
        while (at < line.size() && line[at] == '\\') {
            ++backslashes;
            ++at;
        }
        if (at == line.size() || line[at] != '"') {
            text.append(backslashes, '\\');
            if (backslashes == 0) {
                text += line[at++];
            }
            continue;
        }
        text.append(backslashes / 2, '\\');
        if (backslashes % 2 != 0) {
            text += '"';
        } else if (inside && at + 1 < line.size() && line[at + 1] == '"') { // two within quotes are one that is meant
            text += '"';
            ++at;
        } else {
            inside = !inside;
        }
        ++at;
    }
    line.remove_prefix(at);
    return text;
}

} // namespace

std::string joined_command_line(const std::vector<std::string>& arguments) {
    std::string line;
    for (const std::string& argument : arguments) {
        line.append(line.empty() ? "" : " ").append(quoted(argument));
    }
    return line;
}

std::vector<std::string> split_command_line(std::string_view line) {
    std::vector<std::string> arguments{take_program(line)};
    while (true) {
        while (!line.empty() && is_blank(line.front())) {
            line.remove_prefix(1);
        }
        if (line.empty()) {
            return arguments;
        }
        arguments.push_back(take_argument(line));
    }
}

} // namespace windpipe::win32

#include "windows_parsers.hpp"

#include <algorithm>
#include <cstddef>

namespace windpipe_test {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// What a run of characters does at the front of the rest of a line.
std::size_t run_of(std::string_view rest, char c) { return std::min(rest.find_first_not_of(c), rest.size()); }

std::string_view without_blanks(std::string_view rest) {
    const auto first = std::ranges::find_if_not(rest, is_blank);
    return rest.substr(static_cast<std::size_t>(first - rest.begin()));
}

/// The C run-time's first argument: marks toggle and vanish, backslashes are plain.
std::string_view take_program_c(std::string_view rest, std::vector<std::string>& out) {
    std::string& program = out.emplace_back();
    bool quoted = false;
    while (!rest.empty() && (quoted || !is_blank(rest.front()))) {
        if (rest.front() == '"') {
            quoted = !quoted;
        } else {
            program += rest.front();
        }
        rest.remove_prefix(1);
    }
    return rest;
}

/// CommandLineToArgvW's first argument: from a mark to the next mark, else up to a blank or control character.
std::string_view take_program_shell(std::string_view rest, std::vector<std::string>& out) {
    const bool quoted = rest.starts_with('"');
    if (quoted) {
        rest.remove_prefix(1);
    }
    const auto ends = [&](char c) { return quoted ? c == '"' : static_cast<unsigned char>(c) <= ' '; };
    const auto end = static_cast<std::size_t>(std::ranges::find_if(rest, ends) - rest.begin());
    out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
    if (quoted && !rest.empty()) {
        rest.remove_prefix(1);
    }
    return rest;
}

/// Splits what follows the program. `marks(rest, argument, quoted)` eats the run of quotation marks at the front of
/// `rest`, of which none is escaped.
template <class Marks>
void split_rest(std::string_view rest, std::vector<std::string>& out, Marks marks) {
    for (rest = without_blanks(rest); !rest.empty(); rest = without_blanks(rest)) {
        std::string& argument = out.emplace_back();
        bool quoted = false;
        while (!rest.empty() && (quoted || !is_blank(rest.front()))) {
            if (rest.front() == '\\') {
                const std::size_t backslashes = run_of(rest, '\\');
                rest.remove_prefix(backslashes);
                const bool before_mark = rest.starts_with('"');
                argument.append(before_mark ? backslashes / 2 : backslashes, '\\');
                if (before_mark && backslashes % 2 == 1) {
                    argument += '"';
                    rest.remove_prefix(1);
                }
            } else if (rest.front() == '"') {
                rest = marks(rest, argument, quoted);
            } else {
                argument += rest.front();
                rest.remove_prefix(1);
            }
        }
    }
}

std::string_view marks_of_c(std::string_view rest, std::string& argument, bool& quoted) {
    if (quoted && rest.starts_with("\"\"")) {
        argument += '"';
        return rest.substr(2);
    }
    quoted = !quoted;
    return rest.substr(1);
}

std::string_view marks_of_shell(std::string_view rest, std::string& argument, bool& quoted) {
    const std::size_t marks = run_of(rest, '"');
    const std::size_t counted = marks + (quoted ? 1 : 0);
    argument.append(counted / 3, '"');
    quoted = counted % 3 == 1;
    return rest.substr(marks);
}

} // namespace

std::vector<std::string> split_like_c_runtime(std::string_view line) {
    std::vector<std::string> out;
    split_rest(take_program_c(line, out), out, marks_of_c);
    return out;
}

std::vector<std::string> split_like_shell32(std::string_view line) {
    std::vector<std::string> out;
    split_rest(take_program_shell(line, out), out, marks_of_shell);
    return out;
}

} // namespace windpipe_test

#include "description.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace windpipe_tool {

namespace {

/// Text in which nothing is an instruction of man(7).
std::string literal(std::string_view text) {
    std::string safe;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && (c == '.' || c == '\'')) {
            safe += "\\&";
        }
        safe += c == '\\' ? std::string("\\e") : c == '-' ? std::string("\\-") : std::string(1, c);
        line_begins = c == '\n';
    }
    return safe;
}

std::string bold(const std::string& text) { return "\\fB" + literal(text) + "\\fR"; }

std::string entry(const option_description& option) {
    std::string names;
    for (const std::string& name : option.names) {
        names += (names.empty() ? "" : ", ") + bold(name);
    }
    const std::string value = option.value.empty() ? "" : " \\fI" + literal(option.value) + "\\fR";
    return ".TP\n" + names + value + '\n' + literal(option.help) + ".\n";
}

std::string section(const command_description& command) {
    std::string text = ".SH " + fmt::format("\"WINDPIPE {}\"", command.name) + '\n' + literal(command.summary) + ".\n";
    text += ".PP\n.nf\n" + bold(command.usage) + "\n.fi\n";
    for (const option_description& option : command.options) {
        text += entry(option);
    }
    if (!command.explanation.empty()) { // its tables have been laid out by hand
        text += ".PP\n.nf\n" + literal(command.explanation) + ".fi\n";
    }
    return text;
}

} // namespace

std::string manual_page() {
    std::string page = ".TH WINDPIPE 1 \"\" \"windpipe " WINDPIPE_VERSION "\" \"User Commands\"\n"
                       ".SH NAME\nwindpipe \\- run pipelines safely, and see why one is stuck or slow\n"
                       ".SH SYNOPSIS\n";
    const auto commands = describe_commands();
    for (const command_description& command : commands) {
        page += bold("windpipe " + command.name) + " ...\n.br\n";
    }
    page += ".SH DESCRIPTION\n";
    for (const command_description& command : commands) {
        page += ".TP\n" + bold("windpipe " + command.name) + '\n' + literal(command.summary) + ".\n";
    }
    for (const command_description& command : commands) {
        page += section(command);
    }
    return page + ".SH SEE ALSO\n.BR sh (1),\n.BR pv (1),\n.BR timeout (1),\n.BR pipe (7)\n";
}

} // namespace windpipe_tool

#include "description.hpp"

#include "attach.hpp"
#include "diff.hpp"
#include "options.hpp"
#include "run_help.hpp"

#include <CLI/CLI.hpp>

namespace windpipe_tool {

namespace {

std::vector<std::string> split(const std::string& names) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= names.size();) {
        const std::size_t end = std::min(names.find(',', at), names.size());
        parts.push_back(names.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

/// A command by what its parser knows.
command_description described(const CLI::App& command, const std::string& usage) {
    command_description found{.name = command.get_name(),
                              .summary = command.get_description(),
                              .usage = usage,
                              .explanation = command.get_footer()};
    for (const CLI::Option* const option : command.get_options()) {
        if (option->nonpositional() && !option->check_lname("help")) {
            found.options.push_back({.names = split(option->get_name(false, true)),
                                     .value = option->get_expected_max() == 0 ? "" : option->get_type_name(),
                                     .help = option->get_description()});
        }
    }
    return found;
}

} // namespace

std::vector<command_description> describe_commands() {
    command_description run{.name = "run",
                            .summary = run_summary,
                            .usage = run_usage,
                            .explanation = run_explanation,
                            .takes_programs = true};
    for (const option_row& row : run_options()) {
        run.options.push_back({.names = split(row.names),
                               .value = row.value,
                               .help = row.help,
                               .choices = row.choices,
                               .takes_file = row.takes_file});
    }
    CLI::App parser;
    attach_request unused;
    return {std::move(run),
            described(add_snapshot(parser, unused), "windpipe snapshot [options] PID"),
            described(add_attach(parser, unused), "windpipe attach [options] PID"),
            {.name = "diff", .summary = diff_summary, .usage = diff_usage, .explanation = diff_explanation}};
}

} // namespace windpipe_tool

#include "description.hpp"

#include "diff.hpp"
#include "options.hpp"
#include "run_help.hpp"

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
    return {std::move(run),
            {.name = "diff", .summary = diff_summary, .usage = diff_usage, .explanation = diff_explanation}};
}

} // namespace windpipe_tool

#include "run.hpp"

#include "exit_codes.hpp"
#include "help.hpp"
#include "pipeline.hpp"
#include "platform.hpp"
#include "say.hpp"
#include "size.hpp"
#include "table.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <string>

namespace windpipe_tool {

namespace {

constexpr auto footer = R"(A stage is a program and its arguments; the word '::' stands between two of them.
The first word that is not an option begins stage 1, and so does '--': from there on
every word belongs to the stages, unchanged. No shell is involved: quotes, '|', '>'
and '*' mean nothing here. A stage that needs '::' as an argument: choose another
word with --sep.

Standard input goes to the first stage, standard output comes from the last one, and
nothing of windpipe's own is mixed in: its table and messages go to standard error.
The first Ctrl-C is left to the stages, the second ends windpipe too (Linux).
"<=" before a memory size: it may be windpipe's own, which a stage starts from (Linux).

Exit status:
  0        every stage succeeded
  1-255    that of the rightmost stage that failed: its exit code, or 128+N when
           signal N killed it (Windows codes above 255 count as 1)
  125      windpipe was called wrongly, or failed itself
  126      the program of a stage cannot be executed
  127      the program of a stage was not found
A stage killed by SIGPIPE did not fail if all later stages succeeded: they had enough.
With --status=strict it did fail; with --status=last only the last stage counts.
If a stage cannot be started, those already started are killed.

Examples:
  windpipe run seq 1 1000000 :: gzip -9 :: wc -c
  windpipe run --sep THEN -- sort -u words.txt THEN head -3
)";

std::string is_size(const std::string& text) {
    return parse_size(text) ? "" : '\'' + text + "' is no size; write it as 65536, 256k, 1M or 1MiB";
}

bool wants_table(const run_request& request, int status) {
    switch (request.show_table) {
    case run_request::table::always:
        return true;
    case run_request::table::never:
        return false;
    case run_request::table::automatic:
        break;
    }
    return status != succeeded || platform::stderr_is_terminal();
}

void complain_about(std::size_t index, const stage_report& stage, std::string_view what, const windpipe::error& why) {
    complain(fmt::format("stage {} ({}) {}: {}", index + 1, shortened(stage.command, 60), what, why.message()));
}

void complain_about_failures(const pipeline_report& report) {
    for (std::size_t i = 0; i < report.stages.size(); ++i) {
        if (const auto& lost = report.stages[i].lost) {
            complain_about(i, report.stages[i], "has ended, but how is not known", *lost);
        }
    }
    if (const auto& failure = report.failure) {
        const int status = exit_status_of(failure->cause);
        complain_about(failure->stage, report.stages[failure->stage],
                       status == not_found        ? "was not found"
                       : status == cannot_execute ? "cannot be executed"
                                                  : "could not be started",
                       failure->cause);
    }
}

} // namespace

CLI::App& add_run(CLI::App& tool, run_request& request) {
    CLI::App& run = *tool.add_subcommand("run", "Run programs joined by pipes, and report on each of them");
    style_help(run, "windpipe run [options] [--] program args :: program args ...", footer);
    run.add_option("--sep", request.separator, "The word between two stages (default '::')")
        ->type_name("WORD")
        ->allow_extra_args(false)
        ->check([](const std::string& word) { return word.empty() ? "the separator must not be empty" : ""; });
    const auto set_size = [&request](const std::string& size) { request.pipe_size = parse_size(size).value_or(0); };
    run.add_option_function<std::string>("--pipe-size", set_size,
                                         "Bytes that each pipe shall hold, such as 65536, 256k or 1MiB")
        ->type_name("BYTES")
        ->allow_extra_args(false)
        ->check(is_size);
    using table = run_request::table;
    const auto set_table = [&request](const std::string& when) {
        request.show_table = when == "always" ? table::always : when == "never" ? table::never : table::automatic;
    };
    run.add_option_function<std::string>(
           "--table", set_table, "The table of stages: always (default), never, auto (if one failed or on a terminal)")
        ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
        ->type_name("WHEN");
    const auto set_rule = [&request](const std::string& rule) {
        request.rule = rule == "strict" ? status_rule::strict
                       : rule == "last" ? status_rule::last
                                        : status_rule::forgiving;
    };
    run.add_option_function<std::string>("--status", set_rule,
                                         "Which stages count for the exit status: default, strict or last; see below")
        ->check(CLI::IsMember({"default", "strict", "last"}).description(""))
        ->type_name("RULE");
    return run;
}

int run(const run_request& request, const words& line) {
    const auto stages = split_stages(line, request.separator);
    if (!stages) {
        complain(stages.error() + "; see 'windpipe run --help'");
        return tool_failed;
    }
    const pipeline_options options{
        .pipe_size = request.pipe_size, .on_smaller_pipe = [&](std::size_t granted) {
            complain(
                fmt::format("the pipes hold {} bytes, not {}: the system grants no more", granted, request.pipe_size));
        }};
    platform::leave_interrupt_to_stages();
    const pipeline_report report = run_pipeline(*stages, options);
    const int status = exit_status_of(report, request.rule);
    if (wants_table(request, status)) {
        say(stage_table(report, request.rule));
    }
    complain_about_failures(report);
    platform::end_if_interrupted();
    return status;
}

} // namespace windpipe_tool

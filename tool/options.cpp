#include "options.hpp"

#include "duration.hpp"
#include "size.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace windpipe_tool {

namespace {

using rule = windpipe::success_rule;
using enter_function = decltype(option_row::enter);

/// A text as it is, but not an empty one.
template <class Member>
enter_function text(Member run_request::* where, std::string what) {
    return [where, what = std::move(what)](run_request& request, const std::string& value) -> std::string {
        if (value.empty()) {
            return what + " must not be empty";
        }
        request.*where = value;
        return "";
    };
}

enter_function time(std::optional<std::chrono::nanoseconds> run_request::* where) {
    return [where](run_request& request, const std::string& value) -> std::string {
        request.*where = parse_duration(value);
        return request.*where ? "" : '\'' + value + "' is no time; write it as 10, 1.5s, 500ms, 2m or 1h";
    };
}

template <class Number>
enter_function size(Number run_request::* where) {
    return [where](run_request& request, const std::string& value) -> std::string {
        const auto size = parse_size(value);
        request.*where = size.value_or(0);
        return size ? "" : '\'' + value + "' is no size; write it as 65536, 256k, 1M or 1MiB";
    };
}

enter_function flag(bool run_request::* where) {
    return [where](run_request& request, const std::string&) -> std::string {
        request.*where = true;
        return "";
    };
}

/// One of a few words, each for a value.
template <class Value>
option_row choice(std::string names, std::string value, std::string help, Value run_request::* where,
                  std::vector<std::pair<std::string, Value>> values) {
    option_row row{.names = std::move(names), .value = std::move(value), .help = std::move(help)};
    for (const auto& [word, meaning] : values) {
        row.choices.push_back(word);
    }
    row.enter = [where, values = std::move(values), choices = row.choices](run_request& request,
                                                                           const std::string& given) -> std::string {
        const auto found = std::ranges::find(values, given, &std::pair<std::string, Value>::first);
        if (found == values.end()) {
            return fmt::format("'{}' is none of {}", given, fmt::join(choices, ", "));
        }
        request.*where = found->second;
        return "";
    };
    return row;
}

std::string enter_name(run_request& request, const std::string& value) {
    request.names.push_back(value);
    return value.empty() || value.ends_with('=') ? "the name of a stage must not be empty" : "";
}

std::string enter_errors(run_request& request, const std::string& value) {
    using kind = error_stream::kind;
    if (value == "inherit" || value == "prefix") {
        request.errors = {.what = value == "prefix" ? kind::prefix : kind::inherit};
        return "";
    }
    constexpr std::string_view file = "file:";
    if (!value.starts_with(file) || value.size() == file.size()) {
        return '\'' + value + "' is none of inherit, prefix, file:PATH";
    }
    request.errors = {.what = kind::file, .path = value.substr(file.size())};
    return "";
}

std::vector<option_row> what_to_run() {
    return {
        {.names = "--sep",
         .value = "WORD",
         .help = "The word between two stages (default '::')",
         .enter = text(&run_request::separator, "the separator")},
        {.names = "-c,--command",
         .value = "TEXT",
         .help = "The pipeline as one text, 'a | b > f'; no shell, see below",
         .enter = text(&run_request::text, "the pipeline")},
        {.names = "--file",
         .value = "FILE",
         .help = "The pipeline as a text in a file, written as for -c",
         .takes_file = true,
         .enter = text(&run_request::file, "the name of the file")},
        {.names = "-N,--name",
         .value = "NAME",
         .help = "A name for the next stage, or for stage K with K=NAME; once for each",
         .repeatable = true,
         .enter = enter_name},
        {.names = "--pipe-size",
         .value = "BYTES",
         .help = "Bytes that each pipe shall hold, such as 65536, 256k or 1MiB",
         .enter = size(&run_request::pipe_size)},
    };
}

std::vector<option_row> streams_and_times() {
    return {
        {.names = "--exact",
         .value = "",
         .help = "Pass the bytes on from pipe to pipe here, and count them and what waits for them exactly",
         .enter = flag(&run_request::exact)},
        {.names = "--atomic-output",
         .value = "FILE",
         .help = "Write the output to a new file, which replaces FILE only if all stages succeed",
         .takes_file = true,
         .enter = text(&run_request::atomic_output, "the name of the file")},
        {.names = "--stderr",
         .value = "WHERE",
         .help = "Error streams: inherit (default), prefix (each line with its stage), file:PATH",
         .choices = {"inherit", "prefix", "file:"},
         .enter = enter_errors},
        {.names = "-T,--timeout",
         .value = "TIME",
         .help = "Ask the stages to end after this time, such as 10, 1.5s, 500ms, 2m or 1h",
         .enter = time(&run_request::time_limit)},
        {.names = "-k,--kill-after",
         .value = "TIME",
         .help = "Kill them this long after they were asked to end (default for --timeout: 10s)",
         .enter = time(&run_request::kill_after)},
        {.names = "--stall",
         .value = "TIME",
         .help = "Say so when no byte has moved for this time",
         .enter = time(&run_request::stall)},
        {.names = "--stall-kill",
         .value = "",
         .help = "End the stages then, as --timeout does; needs --stall",
         .enter = flag(&run_request::stall_kill)},
    };
}

std::vector<option_row> what_becomes_of_it() {
    return {
        {.names = "--json",
         .value = "FILE",
         .help = "Write what happens as records to FILE, or to an open descriptor: fd:3",
         .takes_file = true,
         .enter = text(&run_request::json, "the name of the file")},
        {.names = "--report",
         .value = "FILE",
         .help = "Draw the records as a page for a browser, which replaces FILE when it is complete",
         .takes_file = true,
         .enter = text(&run_request::report, "the name of the file")},
        {.names = "--redact",
         .value = "",
         .help = "Leave arguments and names of files out of the records and the report: they can hold secrets",
         .enter = flag(&run_request::redact)},
        choice<rule>("--status", "RULE", "Which stages count for the exit status: default, strict or last; see below",
                     &run_request::rule,
                     {{"default", rule::forgiving}, {"strict", rule::strict}, {"last", rule::last}}),
        choice<when>(
            "--table", "WHEN",
            "The table of stages: auto (default: if one failed, on a terminal, with --exact or --xray), always, never",
            &run_request::table, {{"auto", when::automatic}, {"always", when::always}, {"never", when::never}}),
        {.names = "--xray",
         .value = "",
         .help = "Show at the end how full the pipes were, who waited for whom, and which stage limits (Linux)",
         .enter = flag(&run_request::xray)},
        {.names = "--live",
         .value = "",
         .help = "Show it while they run, too: a picture on a terminal that is not the output, or a line every second",
         .enter = flag(&run_request::live)},
        {.names = "-s,--size",
         .value = "BYTES",
         .help = "Bytes that shall pass through the first pipe, such as 700M: --live tells how far it is",
         .enter = size(&run_request::expected)},
        choice<when>("--color", "WHEN", "Color in the table: auto (default: on a terminal), always, never",
                     &run_request::color,
                     {{"auto", when::automatic}, {"always", when::always}, {"never", when::never}}),
    };
}

std::vector<option_row> make_options() {
    std::vector<option_row> all = what_to_run();
    std::ranges::move(streams_and_times(), std::back_inserter(all));
    std::ranges::move(what_becomes_of_it(), std::back_inserter(all));
    return all;
}

} // namespace

const std::vector<option_row>& run_options() {
    static const std::vector<option_row> all = make_options();
    return all;
}

void add_options(CLI::App& run, run_request& request) {
    for (const option_row& row : run_options()) {
        const auto enter = [&row, &request](const std::string& value) {
            if (const std::string complaint = row.enter(request, value); !complaint.empty()) {
                throw CLI::ValidationError(row.names.substr(row.names.rfind(',') + 1), complaint);
            }
        };
        if (row.value.empty()) {
            run.add_flag_function(row.names, [enter](std::int64_t) { enter({}); }, row.help);
        } else if (row.repeatable) {
            const auto enter_all = [enter](const std::vector<std::string>& values) {
                std::ranges::for_each(values, enter);
            };
            run.add_option_function<std::vector<std::string>>(row.names, enter_all, row.help)
                ->type_name(row.value)
                ->allow_extra_args(false);
        } else {
            run.add_option_function<std::string>(row.names, enter, row.help)
                ->type_name(row.value)
                ->allow_extra_args(false);
        }
    }
}

} // namespace windpipe_tool

#include "run.hpp"

#include "exit_codes.hpp"
#include "help.hpp"
#include "new_file.hpp"
#include "options.hpp"
#include "pipeline.hpp"
#include "platform.hpp"
#include "reading.hpp"
#include "records.hpp"
#include "run_help.hpp"
#include "say.hpp"
#include "table.hpp"
#include "verdict.hpp"
#include "watch.hpp"
#include "xray/terminal.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace windpipe_tool {

namespace {

bool wants_table(const run_request& request, int status) {
    const bool measures = request.exact || request.xray; // which is of no use without
    return request.table == when::automatic ? status != succeeded || measures || platform::stderr_is_terminal()
                                            : request.table == when::always;
}

bool shows_color(const run_request& request) {
    const char* const refused = std::getenv("NO_COLOR");
    const char* const forced = std::getenv("CLICOLOR_FORCE");
    const auto is_set = [](const char* value) { return value != nullptr && *value != '\0'; };
    if (request.color != when::automatic) {
        return request.color == when::always;
    }
    return !is_set(refused) && ((is_set(forced) && std::string_view(forced) != "0") || platform::stderr_shows_color());
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
    for (std::size_t i = 0; i < report.pipes.size(); ++i) {
        if (const auto& broken = report.pipes[i].broken) {
            complain(fmt::format("between stage {} and {} not everything was passed on: {}", i + 1, i + 2,
                                 broken->message()));
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

/// Whether a picture can be shown: not where what comes out of the last stage would be written over it.
bool shows_pictures(const run_request& request, const pipeline_plan& plan) {
    const bool elsewhere = plan.back().out || request.atomic_output || !platform::stdout_is_terminal();
    return request.live && elsewhere && xray::can_draw(xray::stream::errors);
}

watch_request watched(const run_request& request, const pipeline_plan& plan) {
    watch_request wanted{.names = {},
                         .exact = request.exact,
                         .at_once = request.xray || request.live || request.json || request.report || request.stall,
                         .xray = request.xray || request.live,
                         .live = request.live,
                         .pictures = shows_pictures(request, plan),
                         .expected = request.expected};
    for (const stage_plan& stage : plan) {
        wanted.names.push_back(stage.name);
    }
    return wanted;
}

/// Under a picture the stages cannot write to the terminal: what they say is kept until it has gone.
error_stream errors_of(const run_request& request, const watch_request& wanted) {
    const bool writes_over = wanted.pictures && request.errors.what == error_stream::kind::inherit;
    return writes_over ? error_stream{.what = error_stream::kind::prefix} : request.errors;
}

pipeline_options options_of(const run_request& request, const watch_request& wanted, records& written, watch& watcher) {
    return {.pipe_size = request.pipe_size,
            .exact = request.exact,
            .counts_io = request.xray || request.json || request.report,
            .errors = errors_of(request, wanted),
            .time_limit = request.time_limit,
            .kill_after = request.kill_after,
            .stall = request.stall,
            .stall_kill = request.stall_kill,
            .on_start = [&](const pipeline_report& now) { written.begin(now); },
            .on_tick = [&](const pipeline_report& now) { written.sample(watcher, now); },
            .notice =
                [&](const std::string& line) {
                    complain(line);
                    written.notice(line);
                },
            .show = [](const std::string& lines) { say(lines); }};
}

/// What is opened before anything is started, so that a mistake costs nothing.
struct outputs {
    records written;
    std::optional<new_file> replacement;
    std::optional<new_file> report;
};

/// A file that shall take the place of what has the name.
std::expected<new_file, std::string> open_new(std::string_view option, const std::string& path) {
    auto made = new_file::make(path);
    if (!made) {
        return std::unexpected(fmt::format("{}: '{}' cannot be replaced: {}", option, path, made.error().message()));
    }
    return std::move(*made);
}

std::expected<outputs, std::string> open_outputs(const run_request& request, const pipeline_plan& plan) {
    auto written = records::open(request, plan);
    if (!written) {
        return std::unexpected(std::move(written).error());
    }
    if (request.errors.what == error_stream::kind::file) {
        std::FILE* const file = platform::open_to_write(request.errors.path); // emptied; each stage appends to it
        if (file == nullptr) {
            return std::unexpected(fmt::format("--stderr: '{}' cannot be opened: {}", request.errors.path,
                                               std::generic_category().message(errno)));
        }
        static_cast<void>(std::fclose(file));
    }
    outputs opened{.written = std::move(*written), .replacement = {}, .report = {}};
    if (request.report) {
        auto made = open_new("--report", *request.report);
        if (!made) {
            return std::unexpected(std::move(made).error());
        }
        opened.report.emplace(std::move(*made));
    }
    if (request.atomic_output) {
        if (plan.back().out) {
            return std::unexpected("the output of the last stage goes to a file by '>' and by --atomic-output");
        }
        auto made = open_new("--atomic-output", *request.atomic_output);
        if (!made) {
            return std::unexpected(std::move(made).error());
        }
        opened.replacement.emplace(std::move(*made));
    }
    return opened;
}

/// Puts the new file in place, or says that the old one is there. *Returns*: false: it should be in place, and is not.
bool replace(const run_request& request, new_file& replacement, pipeline_report& report) {
    // Which stages count for the exit status is not asked: a file without the work of one of them is not complete.
    const auto rule = request.rule == windpipe::success_rule::last ? windpipe::success_rule::forgiving : request.rule;
    if (report.why != ending::complete || exit_status_of(report, rule) != succeeded) {
        complain(fmt::format("'{}' is as it was: not every stage has succeeded", *request.atomic_output));
        return true;
    }
    const auto done = replacement.commit();
    report.replaced = done.has_value();
    if (!done) {
        complain(fmt::format("'{}' is as it was: {}", *request.atomic_output, done.error().message()));
    }
    return report.replaced;
}

/// Puts the report in place, or says that it is not there. *Returns*: whether it is, or none was wanted.
bool write_report(const run_request& request, outputs& opened) {
    if (!opened.report) {
        return true;
    }
    auto done = opened.report->write(opened.written.collected()->text());
    if (done) {
        done = opened.report->commit();
    }
    if (!done) {
        complain(fmt::format("the report '{}' is as it was: {}", *request.report, done.error().message()));
    }
    return done.has_value();
}

/// What is ours to add when the stages have ended.
int finish(const run_request& request, outputs& opened, pipeline_report& report, watch& watcher) {
    int status = exit_status_of(report, request.rule);
    if (opened.replacement && !replace(request, *opened.replacement, report) && status == succeeded) {
        status = tool_failed;
    }
    const int told = report.why == ending::asked ? signal_base + platform::number_of(report.signal) : status;
    opened.written.end(watcher, report, told);
    if (const std::string& failure = opened.written.failure(); !failure.empty()) {
        complain(failure);
        status = status == succeeded ? tool_failed : status;
    }
    if (!write_report(request, opened) && status == succeeded) {
        status = tool_failed;
    }
    if (wants_table(request, status)) {
        say(stage_table(report, request.rule, shows_color(request)) + pipe_table(report));
    }
    say(watcher.summary());
    complain_about_failures(report);
    return status;
}

} // namespace

CLI::App& add_run(CLI::App& tool, run_request& request) {
    CLI::App& run = *tool.add_subcommand("run", run_summary);
    style_help(run, run_usage, run_explanation);
    add_options(run, request);
    return run;
}

int run(const run_request& request, const words& line) {
    if (request.stall_kill && !request.stall) {
        complain("--stall-kill needs --stall TIME, which says when; see 'windpipe run --help'");
        return tool_failed;
    }
    const auto plan = read_plan(request, line);
    if (!plan) {
        complain(plan.error().message);
        say(plan.error().place);
        return tool_failed;
    }
    auto opened = open_outputs(request, *plan);
    if (!opened) {
        complain(opened.error());
        return tool_failed;
    }
    const watch_request wanted = watched(request, *plan);
    const auto watcher = make_watch(wanted);
    pipeline_options options = options_of(request, wanted, opened->written, *watcher);
    if (opened->replacement) {
        auto writer = opened->replacement->writer();
        if (!writer) {
            complain(writer.error().message());
            return tool_failed;
        }
        options.output = std::move(*writer);
    }
    events happening; // until we have reported as well
    pipeline_report report = run_pipeline(*plan, options, *watcher, happening);
    const int status = finish(request, *opened, report, *watcher);
    if (report.why == ending::asked) {
        opened->replacement.reset(); // what ends us now leaves no time for them
        opened->report.reset();
        return signal_base + platform::end_by(report.signal);
    }
    return status;
}

} // namespace windpipe_tool

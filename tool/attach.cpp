#include "attach.hpp"

#include "exit_codes.hpp"
#include "help.hpp"
#include "say.hpp"
#include "size.hpp"
#include "xray/live.hpp"
#include "xray/report.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <thread>

namespace windpipe_tool {

namespace {

constexpr auto footer = R"(PID is any process of the pipeline, or the shell that has started it. All that is joined to
it by pipes, FIFOs and Unix sockets is looked at, from outside: nothing is inserted,
stopped or sent. For the processes of other users, root is needed. Linux only.

The columns are parts of the time: CPU, on a processor; queued, it wanted one and had
none; input, asleep until the pipeline gives it something to read; room, asleep until
the pipeline takes what it writes; else, asleep for anything else.
"full" means that a write would wait, which may come long before the last byte fits.

Exit status: 0; 125 where PID cannot be looked at.
)";

constexpr std::chrono::milliseconds between_looks{20};
constexpr std::chrono::milliseconds least_interval{134}; // a pause may be a quarter shorter

std::string is_pid(const std::string& text) {
    std::uint32_t pid = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), pid);
    const bool good = failure == std::errc() && end == text.data() + text.size() && pid != 0;
    return good ? "" : '\'' + text + "' is no process id; 'ps' lists them";
}

/// Seconds, such as "0.5".
std::optional<std::chrono::milliseconds> parse_seconds(const std::string& text) {
    double seconds = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure != std::errc() || end != text.data() + text.size() || !(seconds >= 0.001) || seconds > 1e6) {
        return std::nullopt;
    }
    return std::chrono::milliseconds(std::llround(seconds * 1000));
}

std::string is_seconds(const std::string& text) {
    return parse_seconds(text) ? "" : '\'' + text + "' is no time; write seconds, as 2 or 0.5";
}

void add_seconds(CLI::App& command, const std::string& name, std::chrono::milliseconds& value,
                 const std::string& what) {
    command
        .add_option_function<std::string>(
            name, [&value](const std::string& text) { value = parse_seconds(text).value_or(value); }, what)
        ->type_name("SECONDS")
        ->allow_extra_args(false)
        ->check(is_seconds);
}

CLI::App& add(CLI::App& tool, const std::string& name, const std::string& what, attach_request& request) {
    CLI::App& command = *tool.add_subcommand(name, what);
    style_help(command, "windpipe " + name + " [options] PID", footer);
    command
        .add_option_function<std::string>(
            "PID",
            [&request](const std::string& text) {
                std::from_chars(text.data(), text.data() + text.size(), request.pid);
            },
            "A process of the pipeline")
        ->required()
        ->check(is_pid);
    return command;
}

int refuse(const std::string& why) {
    complain(why);
    return tool_failed;
}

/// Why the pipeline of `pid` cannot be looked at; empty: it can.
std::string obstacle(const xray::sampler& looks, std::uint32_t pid) {
    const auto& pipeline = looks.seen().pipeline();
    if (pipeline.stages.empty()) {
        return fmt::format("there is no process {}", pid);
    }
    const auto asked = pipeline.processes.find(pid);
    const bool hidden = asked != pipeline.processes.end() && !asked->second.ends_known && asked->second.state != 'Z';
    return hidden ? fmt::format("process {} ({}) is not yours to look at: it is another user's, or protected; root may",
                                pid, one_line(asked->second.name))
                  : "";
}

/// Looks for as long as `more` says. *Returns*: why it broke off; empty: it did not.
std::string watch(xray::sampler& looks, std::uint32_t pid, std::chrono::milliseconds interval,
                  const std::function<bool()>& more) {
    while (true) {
        if (const auto done = looks.look(); !done) {
            return done.error().message();
        }
        if (looks.seen().looks() == 1) {
            if (std::string why = obstacle(looks, pid); !why.empty()) {
                return why;
            }
        }
        if (!more()) {
            return {};
        }
        std::this_thread::sleep_for(looks.pause(interval));
    }
}

} // namespace

CLI::App& add_snapshot(CLI::App& tool, attach_request& request) {
    CLI::App& command =
        add(tool, "snapshot", "Look at a running pipeline for a moment: who waits for whom, and which stage limits",
            request);
    add_seconds(command, "-d,--duration", request.length, "How long to look (default 1)");
    return command;
}

CLI::App& add_attach(CLI::App& tool, attach_request& request) {
    CLI::App& command = add(tool, "attach", "Watch a running pipeline until it ends", request);
    add_seconds(command, "-i,--interval", request.interval, "Between two looks, at least 0.134 (default 0.134)");
    command.add_flag("--plain", request.plain, "A line every second, and no picture, also on a terminal");
    command
        .add_option_function<std::string>(
            "-s,--size", [&request](const std::string& text) { request.expected = parse_size(text).value_or(0); },
            "Bytes that shall pass through the first pipe, such as 700M: how far it is, and how long it takes; of a "
            "first stage whose input is a file this is known")
        ->type_name("BYTES")
        ->allow_extra_args(false)
        ->check([](const std::string& text) { return parse_size(text) ? "" : '\'' + text + "' is no size"; });
    return command;
}

int snapshot(const attach_request& request) {
    xray::sampler looks(xray::observer(), request.pid);
    const auto end = std::chrono::steady_clock::now() + request.length;
    const auto interval = std::min(between_looks, request.length / 10 + std::chrono::milliseconds(1));
    const std::string why = watch(looks, request.pid, interval, [&] { return std::chrono::steady_clock::now() < end; });
    return why.empty() ? print(report_of(looks)) : refuse(why);
}

int attach(const attach_request& request) {
    xray::sampler looks(xray::observer(), request.pid);
    xray::live shown(xray::stream::output, !request.plain && xray::can_draw(xray::stream::output), request.expected);
    int status = succeeded;
    // A picture more often than ten times a second only tires the eye and the terminal.
    const std::string why = watch(looks, request.pid, std::max(request.interval, least_interval), [&] {
        status = shown.show(looks);
        return looks.alive() && status == succeeded;
    });
    shown.end();
    return !why.empty() ? refuse(why) : status != succeeded ? status : print(report_of(looks));
}

} // namespace windpipe_tool

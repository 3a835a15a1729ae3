#include "table.hpp"

#include "platform.hpp"
#include "say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace windpipe_tool {

namespace {

constexpr std::size_t widest_command = 36;

std::string command_text(const stage_report& stage) {
    return shortened(one_line(stage.name.empty() ? stage.command : stage.name), widest_command);
}

std::string status_text(const pipeline_report& report, windpipe::success_rule rule, std::size_t index) {
    const stage_report& stage = report.stages[index];
    if (stage.pid == 0) {
        return "not started";
    }
    if (!stage.status) {
        return "unknown";
    }
    const bool forgiven =
        !report.failure && rule == windpipe::success_rule::forgiving && is_forgiven(report.stages, index);
    const char* const remark = forgiven ? " (forgiven)" : stage.status->core_dumped() ? " (core dumped)" : "";
    if (const auto signal = stage.status->signal()) {
        return platform::signal_name(*signal) + remark;
    }
    const std::uint32_t code = stage.status->code().value_or(0);
    return (code <= 255 ? fmt::format("exit {}", code) : fmt::format("exit {:#010x}", code)) + remark;
}

bool failed(const pipeline_report& report, windpipe::success_rule rule, std::size_t index) {
    const auto& status = report.stages[index].status;
    return !status ||
           (!status->success() && (rule != windpipe::success_rule::forgiving || !is_forgiven(report.stages, index)));
}

std::string bytes(std::uint64_t count) {
    constexpr double kibi = 1024.0;
    auto value = static_cast<double>(count);
    std::size_t unit = 0;
    constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB"};
    for (; value >= kibi && unit + 1 < units.size(); ++unit) {
        value /= kibi;
    }
    return unit == 0 ? fmt::format("{} B", count) : fmt::format("{:.1f} {}", value, units[unit]);
}

std::string seconds(std::chrono::nanoseconds time) {
    return fmt::format("{:.3f} s", std::chrono::duration<double>(time).count());
}

std::string peak_memory(const windpipe::resource_usage& used, std::uint64_t least) {
    const auto bytes = used.max_resident_bytes;
    if (bytes == 0) {
        return "-"; // the system did not tell
    }
    return fmt::format("{}{:.1f} MiB", bytes <= least ? "<= " : "", static_cast<double>(bytes) / (1024.0 * 1024.0));
}

} // namespace

std::string stage_table(const pipeline_report& report, windpipe::success_rule rule, bool color) {
    std::size_t command_width = std::string_view("command").size();
    std::size_t status_width = std::string_view("not started").size();
    for (std::size_t i = 0; i < report.stages.size(); ++i) {
        command_width = std::max(command_width, length(command_text(report.stages[i])));
        status_width = std::max(status_width, status_text(report, rule, i).size());
    }
    constexpr auto row = "{:>5}  {:<{}}  {:>10}  {:<{}}  {:>11}  {:>11}  {:>11}  {:>12}\n";
    std::string table = fmt::format(row, "stage", "command", command_width, "pid", "status", status_width, "wall",
                                    "user", "sys", "max RSS");
    for (std::size_t i = 0; i < report.stages.size(); ++i) {
        const stage_report& stage = report.stages[i];
        const auto& used = stage.used;
        const std::string line =
            fmt::format(row, i + 1, command_text(stage), command_width,
                        stage.pid != 0 ? std::to_string(stage.pid) : "-", status_text(report, rule, i), status_width,
                        used ? seconds(used->wall) : "-", used ? seconds(used->user) : "-",
                        used ? seconds(used->system) : "-", used ? peak_memory(*used, report.least_peak_memory) : "-");
        table += color && failed(report, rule, i) ? "\x1B[31m" + line.substr(0, line.size() - 1) + "\x1B[0m\n" : line;
    }
    return table;
}

std::string pipe_table(const pipeline_report& report) {
    constexpr auto row = "{:>10}  {:>12}  {:>14}  {:>16}  {:>16}\n";
    std::string table;
    for (std::size_t i = 0; i < report.pipes.size(); ++i) {
        if (const auto& exact = report.pipes[i].exact) {
            table += fmt::format(row, fmt::format("{} to {}", i + 1, i + 2), bytes(exact->bytes), exact->bytes,
                                 seconds(exact->waited_to_read), seconds(exact->waited_to_write));
        }
    }
    return table.empty() ? table
                         : "exact: windpipe has passed on the bytes between the stages\n" +
                               fmt::format(row, "pipe", "passed", "bytes", "waited for in", "waited for out") + table;
}

std::string io_table(const pipeline_report& report) {
    constexpr auto row = "{:>5}  {:>12}  {:>12}\n";
    std::string table;
    for (std::size_t i = 0; i < report.stages.size(); ++i) {
        if (const auto& io = report.stages[i].io) {
            table += fmt::format(row, i + 1, bytes(io->read), bytes(io->written));
        }
    }
    return table.empty() ? table
                         : "bytes of all calls of each stage, files and pipes alike:\n" +
                               fmt::format(row, "stage", "read", "written") + table;
}

} // namespace windpipe_tool

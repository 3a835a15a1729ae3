#include "xray/report.hpp"

#include "say.hpp"
#include "xray/limit.hpp"
#include "xray/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace windpipe_tool::xray {

namespace {

constexpr std::size_t widest_name = 24;

std::string pid_text(const stage& what) {
    return what.processes.empty() ? "-" : std::to_string(what.processes.front());
}

std::string memory_text(const stage& what, const sample& seen) {
    std::uint64_t sum = 0;
    for (const process_id pid : what.processes) {
        const auto process = seen.processes.find(pid);
        sum += process != seen.processes.end() ? process->second.resident.value_or(0) : 0;
    }
    return sum != 0 ? bytes_text(static_cast<double>(sum)) : "-";
}

std::string stage_lines(const window& seen) {
    const graph& pipeline = seen.pipeline();
    std::size_t width = 5;
    for (const stage& each : pipeline.stages) {
        width = std::max(width, length(shortened(one_line(each.name), widest_name)));
    }
    constexpr auto row = "{:>3}  {:<{}}  {:>7}  {:<15}  {:>5}  {:>6}  {:>5}  {:>5}  {:>5}  {:>9}\n";
    std::string text =
        fmt::format(row, "#", "stage", width, "pid", "does now", "CPU", "queued", "input", "room", "else", "memory");
    for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
        const stage_shares shares = seen.stage(i);
        const stage_moment now = moment_of(pipeline, i, seen.last());
        text += fmt::format(row, i + 1, shortened(one_line(pipeline.stages[i].name), widest_name), width,
                            pid_text(pipeline.stages[i]), text_of(now.what), percent(shares.on_cpu),
                            percent(shares.queued), percent(shares.starved), percent(shares.blocked),
                            percent(shares.slept + shares.stopped), memory_text(pipeline.stages[i], seen.last()));
    }
    return text;
}

std::string channel_lines(const window& seen) {
    std::string text;
    for (const link& each : seen.pipeline().links) {
        const channel_shares state = seen.channel(each.channel);
        text += fmt::format("  {}: {}: {}", route_of(seen.pipeline(), each), channel_name(each.channel),
                            fill_text(state.last));
        if (state.looks > 1) {
            text += fmt::format("; full in {}, empty in {} of the looks", percent(state.full), percent(state.empty));
        }
        if (state.moved) {
            text += fmt::format("; {}{}", state.exact ? "" : "at most ", rate_text(*state.moved, seen.length()));
        }
        text += '\n';
    }
    return text;
}

} // namespace

std::string route_of(const graph& pipeline, const link& which) {
    const auto side = [&](const std::vector<hold>& holders) {
        std::vector<std::string> names;
        const bool by_stage = std::ranges::any_of(holders, [](const hold& each) { return each.stage.has_value(); });
        for (const hold& each : holders) {
            if (by_stage && !each.stage) {
                continue; // a shell around it
            }
            const auto process = pipeline.processes.find(each.pid);
            std::string name = each.stage                            ? std::to_string(*each.stage + 1)
                               : process != pipeline.processes.end() ? one_line(process->second.name)
                                                                     : std::to_string(each.pid);
            if (std::ranges::find(names, name) == names.end()) {
                names.push_back(std::move(name));
            }
        }
        return names.empty() ? pipeline.holder_not_seen : fmt::format("{}", fmt::join(names, ","));
    };
    const bool has_stage = std::ranges::any_of(which.writers, [](const hold& each) { return each.stage.has_value(); });
    const bool errors = has_stage && std::ranges::all_of(which.writers, [](const hold& each) {
                            return each.descriptor == 2 || !each.stage;
                        });
    return fmt::format("{}{} -> {}", errors ? "stderr of " : "", side(which.writers), side(which.readers));
}

std::string report_of(const sampler& what) {
    const window& seen = what.seen();
    std::string text = stage_lines(seen) + "channels:\n" + channel_lines(seen);
    if (seen.pipeline().links.empty()) {
        text += "  none: no pipe joins this process to another one\n";
    }
    if (what.deadlock()) {
        text += "deadlock: none of these processes can ever go on\n";
        for (const std::string& line : text_of(*what.deadlock(), seen.pipeline(), seen.last())) {
            text += "  " + line + '\n';
        }
    } else {
        const limit found = limit_of(seen);
        text += "verdict: " + text_of(found, seen.pipeline(), seen) + '\n';
        for (const std::string& line : evidence_of(found, seen)) {
            text += "  " + line + '\n';
        }
    }
    for (const std::string& line : warnings_of(seen, what.readers())) {
        text += "warning: " + line + '\n';
    }
    if (seen.pipeline().unseen != 0) {
        text += fmt::format("note: {} processes may take part, but this user may not look at them\n",
                            seen.pipeline().unseen);
    }
    return text;
}

std::string line_of(const sampler& what) {
    const window& seen = what.recent();
    const graph& pipeline = seen.pipeline();
    std::string text;
    for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
        text += fmt::format("{}{} {} {}", i != 0 ? " | " : "", i + 1, shortened(one_line(pipeline.stages[i].name), 16),
                            percent(seen.stage(i).on_cpu));
        for (const link& each : pipeline.links) {
            const bool out = std::ranges::any_of(
                each.writers, [&](const hold& one) { return one.stage == i && one.descriptor == 1; });
            const channel_shares state = seen.channel(each.channel);
            if (out && state.moved) {
                text += ' ' + rate_text(*state.moved, seen.length());
            }
        }
    }
    return text + (what.deadlock() ? "; deadlock" : "; " + text_of(limit_of(seen), pipeline, seen)) + '\n';
}

} // namespace windpipe_tool::xray

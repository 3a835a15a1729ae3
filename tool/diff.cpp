#include "diff.hpp"

#include "bottleneck.hpp"
#include "exit_codes.hpp"
#include "files.hpp"
#include "say.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <optional>

namespace windpipe_tool {

namespace {

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::string name_of(const recorded_run& run, std::size_t stage) {
    return fmt::format("stage {} ({})", stage + 1, shortened(one_line(run.stages[stage].name), 40));
}

std::string about(const std::string& file, const recorded_run& run, const std::optional<bottleneck>& found) {
    return fmt::format("{}: {:.3f} s{}, {}\n", one_line(file), seconds(run.wall),
                       run.why == "complete" ? "" : ", cut short (" + one_line(run.why) + ')',
                       found ? fmt::format("{} limits: {}", name_of(run, found->stage), one_line(found->because))
                             : "which stage limits is unknown");
}

std::string comparison(const recorded_run& a, const recorded_run& b, const std::optional<bottleneck>& in_a,
                       const std::optional<bottleneck>& in_b) {
    std::string text;
    if (!in_a || !in_b) {
        text = "Whether the bottleneck has moved is unknown.";
    } else if (in_a->stage == in_b->stage && a.stages[in_a->stage].name == b.stages[in_b->stage].name) {
        text = fmt::format("The bottleneck is where it was: {}.", name_of(b, in_b->stage));
    } else {
        text = fmt::format("The bottleneck has moved from {} to {}.", name_of(a, in_a->stage), name_of(b, in_b->stage));
    }
    if (a.wall.count() > 0) {
        text += fmt::format(" The second run took {:.2f} times as long.", seconds(b.wall) / seconds(a.wall));
    }
    if (a.stages.size() != b.stages.size()) {
        text += fmt::format(" They have {} and {} stages.", a.stages.size(), b.stages.size());
    }
    return text + '\n';
}

std::optional<recorded_run> load(const std::string& file) {
    const auto text = read_whole(file);
    if (!text) {
        complain(fmt::format("'{}' cannot be read: {}", file, text.error()));
        return std::nullopt;
    }
    auto run = read_run(*text);
    if (!run) {
        complain(fmt::format("'{}' holds no records of a run: {}", file, run.error()));
        return std::nullopt;
    }
    return std::move(*run);
}

} // namespace

int diff(const std::string& first, const std::string& second) {
    const auto a = load(first);
    const auto b = a ? load(second) : std::nullopt;
    if (!b) {
        return tool_failed;
    }
    const auto in_a = find_bottleneck(*a);
    const auto in_b = find_bottleneck(*b);
    return print(about(first, *a, in_a) + about(second, *b, in_b) + comparison(*a, *b, in_a, in_b));
}

} // namespace windpipe_tool

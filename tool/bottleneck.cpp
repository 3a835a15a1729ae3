#include "bottleneck.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace windpipe_tool {

namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

/// Of two things that happened a part of the time, the larger is the clear one if it is this much, and so much more.
constexpr double enough = 0.5;
constexpr double more_than_others = 0.2;
/// A stage that uses this much of one processor is bound by it.
constexpr double busy = 0.8;

std::optional<nanoseconds> time_of(const json& record, const char* name) {
    const auto found = record.find(name);
    return found != record.end() && found->is_number_integer() ? std::optional(nanoseconds(found->get<std::int64_t>()))
                                                               : std::nullopt;
}

void take_begin(recorded_run& run, const json& record) {
    for (const json& stage : record.at("stages")) {
        const json& name = stage.at("name");
        run.stages.push_back(
            {.name = name.is_string() ? name.get<std::string>() : stage.at("program").get<std::string>(), .cpu = {}});
    }
    run.pipes.resize(record.at("pipes").size());
}

void take_stage(recorded_run& run, const json& record) {
    const auto user = time_of(record, "user_ns");
    const auto system = time_of(record, "system_ns");
    if (user && system) {
        run.stages.at(record.at("stage").get<std::size_t>() - 1).cpu = *user + *system;
    }
}

void take_pipe(recorded_run& run, const json& record) {
    recorded_run::pipe& pipe = run.pipes.at(record.at("pipe").get<std::size_t>() - 1);
    if (record.at("exact").get<bool>()) {
        pipe = {.moved = record.at("moved_bytes").get<std::uint64_t>(),
                .read_wait = time_of(record, "read_wait_ns"),
                .write_wait = time_of(record, "write_wait_ns")};
    }
}

/// Where the reason begins in "stage 1 (sort) limits: it needs the processor".
std::size_t after_subject(std::string_view sentence) {
    constexpr std::string_view verb = " limits: ";
    const std::size_t at = sentence.find(verb);
    return at == std::string_view::npos ? 0 : at + verb.size();
}

void take_end(recorded_run& run, const json& record) {
    run.wall = time_of(record, "wall_ns").value_or(nanoseconds(0));
    run.why = record.at("why").get<std::string>();
    const json& verdict = record.at("verdict");
    if (verdict.is_object() && verdict.contains("limiting_stage") && verdict["limiting_stage"].is_number_integer()) {
        const auto stage = verdict["limiting_stage"].get<std::int64_t>();
        if (stage >= 1 && stage <= static_cast<std::int64_t>(run.stages.size())) {
            run.judged = static_cast<std::size_t>(stage - 1);
            const std::string why = verdict.value("why", "its verdict says so");
            run.judged_because = why.substr(after_subject(why)); // which stage it is, is said by others
        }
    }
}

double part_of(const std::optional<nanoseconds>& time, nanoseconds wall) {
    return time && wall.count() > 0 ? static_cast<double>(time->count()) / static_cast<double>(wall.count()) : 0.0;
}

/// The index of the largest, if it is large and no other is near.
std::optional<std::size_t> clear_winner(const std::vector<double>& values, double least) {
    const auto largest = std::ranges::max_element(values);
    if (largest == values.end() || *largest < least) {
        return std::nullopt;
    }
    const auto near = std::ranges::count_if(values, [&](double each) { return each > *largest - more_than_others; });
    return near == 1 ? std::optional(static_cast<std::size_t>(largest - values.begin())) : std::nullopt;
}

std::optional<bottleneck> by_waits(const recorded_run& run) {
    if (run.pipes.empty() ||
        !std::ranges::all_of(run.pipes, [](const auto& pipe) { return pipe.read_wait && pipe.write_wait; })) {
        return std::nullopt;
    }
    std::vector<double> slow(run.stages.size());
    for (std::size_t i = 0; i < slow.size(); ++i) {
        const double in = i == 0 ? 1.0 : part_of(run.pipes[i - 1].write_wait, run.wall);
        const double out = i + 1 == slow.size() ? 1.0 : part_of(run.pipes[i].read_wait, run.wall);
        slow[i] = std::min(in, out);
    }
    const auto found = clear_winner(slow, enough);
    return found ? std::optional(
                       bottleneck{*found, fmt::format("its neighbours waited for it {:.0f} % of the time, exact",
                                                      100 * slow[*found])})
                 : std::nullopt;
}

std::optional<bottleneck> by_processor(const recorded_run& run) {
    std::vector<double> used;
    used.reserve(run.stages.size());
    for (const auto& stage : run.stages) {
        used.push_back(part_of(stage.cpu, run.wall));
    }
    const auto found = clear_winner(used, busy);
    return found ? std::optional(bottleneck{*found, fmt::format("it used {:.0f} % of a processor", 100 * used[*found])})
                 : std::nullopt;
}

} // namespace

std::expected<recorded_run, std::string> read_run(const std::string& text) {
    recorded_run run;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        ++number;
        try {
            const json record = json::parse(text.begin() + static_cast<std::ptrdiff_t>(at),
                                            text.begin() + static_cast<std::ptrdiff_t>(end));
            const std::string kind = record.at("record").get<std::string>();
            if ((number == 1) != (kind == "begin") ||
                (number == 1 && record.at("schema").get<std::string>() != "windpipe.records/1")) {
                return std::unexpected(fmt::format("line {} does not begin a run of windpipe.records/1", number));
            }
            kind == "begin"   ? take_begin(run, record)
            : kind == "stage" ? take_stage(run, record)
            : kind == "pipe"  ? take_pipe(run, record)
            : kind == "end"   ? take_end(run, record)
                              : void();
        } catch (const std::exception&) { // of the library that reads JSON, and of vectors
            return std::unexpected(fmt::format("line {} is no record", number));
        }
        at = end + 1;
    }
    if (run.why.empty()) {
        return std::unexpected(number == 0 ? std::string("it is empty")
                                           : "it has no record 'end': the run was cut off");
    }
    return run;
}

std::optional<bottleneck> find_bottleneck(const recorded_run& run) {
    if (run.judged) {
        return bottleneck{*run.judged, run.judged_because};
    }
    auto found = by_waits(run);
    return found ? found : by_processor(run);
}

} // namespace windpipe_tool

#include "verdict.hpp"

#include "exit_codes.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace windpipe_tool {

namespace {

/// The stages from `first` on, as the library judges them. One of which the status is not known has failed.
windpipe::pipeline_result judged(const std::vector<stage_report>& stages, std::size_t first) {
    windpipe::pipeline_result result;
    for (std::size_t i = first; i < stages.size(); ++i) {
        windpipe::stage_report stage;
        stage.status = stages[i].status.value_or(windpipe::exit_status::exited(tool_failed));
        stage.broke_its_pipe = stages[i].broke_its_pipe;
        result.stages.push_back(std::move(stage));
    }
    return result;
}

bool is_one_of(const std::error_code& code, std::initializer_list<std::errc> codes) {
    return std::ranges::any_of(codes, [&](std::errc each) { return code == each; });
}

} // namespace

bool is_forgiven(const std::vector<stage_report>& stages, std::size_t index) {
    const auto& status = stages[index].status;
    return status && !status->success() && !judged(stages, index).failed_stage();
}

int exit_status_of(const windpipe::exit_status& status) {
    if (const auto signal = status.signal()) {
        return signal_base + *signal;
    }
    const auto code = status.code().value_or(folded);
    return code <= 255 ? static_cast<int>(code) : folded;
}

int exit_status_of(const windpipe::error& start_failure) {
    constexpr std::array program_steps = {"find program", "exec", "arguments"};
    if (std::ranges::find(program_steps, start_failure.operation) == program_steps.end()) {
        return tool_failed;
    }
    using enum std::errc;
    if (is_one_of(start_failure.code, {too_many_files_open, too_many_files_open_in_system, not_enough_memory,
                                       resource_unavailable_try_again})) {
        return tool_failed;
    }
    if (is_one_of(start_failure.code, {no_such_file_or_directory, not_a_directory, filename_too_long})) {
        return not_found;
    }
    return cannot_execute;
}

int exit_status_of(const pipeline_report& report, windpipe::success_rule rule) {
    if (report.failure) {
        return exit_status_of(report.failure->cause);
    }
    if (report.why == ending::timed_out || report.why == ending::stalled) {
        return report.killed ? killed : timed_out;
    }
    if (std::ranges::any_of(report.pipes, [](const pipe_report& pipe) { return pipe.broken.has_value(); })) {
        return tool_failed; // what a stage has read may not be all
    }
    auto result = judged(report.stages, 0);
    result.rule = rule;
    const auto failed = result.failed_stage();
    return !failed ? static_cast<int>(succeeded) : exit_status_of(result.stages[*failed].status);
}

} // namespace windpipe_tool

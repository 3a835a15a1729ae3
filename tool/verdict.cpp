#include "verdict.hpp"

#include "exit_codes.hpp"

#include <algorithm>
#include <array>
#include <system_error>

namespace windpipe_tool {

namespace {

/// Its number on Linux, see signal(7). A status of Windows never has it.
constexpr int sigpipe = 13;

bool succeeded_or_forgiven(const std::vector<stage_report>& stages, std::size_t index) {
    const auto& status = stages[index].status;
    return status && (status->success() || (status->signal() == sigpipe && index + 1 < stages.size()));
}

bool is_one_of(const std::error_code& code, std::initializer_list<std::errc> codes) {
    return std::ranges::any_of(codes, [&](std::errc each) { return code == each; });
}

} // namespace

bool is_forgiven(const std::vector<stage_report>& stages, std::size_t index) {
    const auto& status = stages[index].status;
    if (!status || status->success()) {
        return false;
    }
    while (index < stages.size() && succeeded_or_forgiven(stages, index)) {
        ++index;
    }
    return index == stages.size();
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

int exit_status_of(const pipeline_report& report, status_rule rule) {
    if (report.failure) {
        return exit_status_of(report.failure->cause);
    }
    for (std::size_t i = report.stages.size(); i-- > 0;) {
        const auto& status = report.stages[i].status;
        const int own = status ? exit_status_of(*status) : static_cast<int>(tool_failed);
        const bool forgiven = rule == status_rule::forgiving && is_forgiven(report.stages, i);
        if ((own != succeeded && !forgiven) || rule == status_rule::last) {
            return own;
        }
    }
    return succeeded;
}

} // namespace windpipe_tool

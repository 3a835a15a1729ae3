// pipeline.hpp - real programs joined by real kernel pipes: start them, wait for them, say what became of each.
#pragma once

#include "words.hpp"

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool {

/// What became of one stage.
struct stage_report {
    std::string command;                            ///< program and arguments, for people
    std::uint32_t pid = 0;                          ///< 0: not started
    std::optional<windpipe::exit_status> status{};  ///< nothing: not started, or `lost`
    std::optional<windpipe::error> lost{};          ///< why its status could not be learnt
    std::optional<windpipe::resource_usage> used{}; ///< what it used, if it has ended
};

/// Why the pipeline was not run.
struct start_failure {
    std::size_t stage = 0; ///< its index
    windpipe::error cause;
};

struct pipeline_report {
    std::vector<stage_report> stages;
    /// What max_resident_bytes of a stage may be ours instead of its own. See platform::own_peak_memory().
    std::uint64_t least_peak_memory = 0;
    std::optional<start_failure> failure{}; ///< then every stage that had been started was killed
};

struct pipeline_options {
    std::size_t pipe_size = 0; ///< bytes each pipe shall hold; 0: the system's choice
    /// Told once, when a pipe got less than `pipe_size`.
    std::function<void(std::size_t granted)> on_smaller_pipe = [](std::size_t) {};
};

/// Runs the stages side by side, the output of each being the input of the next. The first has our standard input, the
/// last our standard output, all our standard error, and nothing else of ours.
///
/// *Blocks*: until every stage has ended.
/// *Returns*: a report for each stage. No process, pipe or thread is left behind.
/// PRE: stages holds at least one stage, and each at least one word.
pipeline_report run_pipeline(const std::vector<words>& stages, const pipeline_options& options);

} // namespace windpipe_tool

// pipeline.hpp - real programs joined by real kernel pipes: start them, wait for them, say what became of each.
#pragma once

#include "events.hpp"
#include "plan.hpp"
#include "relay.hpp"
#include "request.hpp"
#include "tree.hpp"
#include "watch.hpp"

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_tool {

/// What became of one stage.
struct stage_report {
    std::string command;                            ///< program and arguments, for people
    std::string name{};                             ///< as the user calls it; empty: no name
    std::uint32_t pid = 0;                          ///< 0: not started
    std::optional<windpipe::exit_status> status{};  ///< nothing: not started, or `lost`
    std::optional<windpipe::error> lost{};          ///< why its status could not be learnt
    std::optional<windpipe::resource_usage> used{}; ///< what it used, if it has ended
    std::optional<tree::io_counters> io{};          ///< what it read and wrote, if that was to be counted
    bool broke_its_pipe = false;                    ///< see windpipe::broke_its_pipe()
};

/// A pipe between two stages.
struct pipe_report {
    std::optional<std::size_t> capacity{};   ///< bytes it holds
    std::optional<relay_count> exact{};      ///< exact mode: what has passed through our relay
    std::optional<windpipe::error> broken{}; ///< exact mode: why our relay did not pass on all there was
};

/// Why the pipeline was not run.
struct start_failure {
    std::size_t stage = 0; ///< its index
    windpipe::error cause;
};

/// Why it is over.
enum class ending {
    complete,    ///< every stage has ended
    not_started, ///< see pipeline_report::failure
    timed_out,   ///< --timeout
    stalled,     ///< --stall with --stall-kill
    asked,       ///< by a signal: see pipeline_report::signal
};

struct pipeline_report {
    std::vector<stage_report> stages;
    std::vector<pipe_report> pipes{}; ///< between each two of them, as far as they have been made
    /// What max_resident_bytes of a stage may be ours instead of its own. See platform::own_peak_memory().
    std::uint64_t least_peak_memory = 0;
    std::optional<start_failure> failure{}; ///< then every stage that had been started was killed
    ending why = ending::complete;
    asked signal = asked::nothing;   ///< the first one that asked for the end
    bool killed = false;             ///< we had to kill stages, because they did not end when asked
    bool replaced = false;           ///< --atomic-output: the file is the new one
    std::chrono::nanoseconds wall{}; ///< from the start of the first to the end of the last stage
};

struct pipeline_options {
    std::size_t pipe_size = 0; ///< bytes each pipe shall hold; 0: the system's choice
    bool exact = false;        ///< our relays pass on the bytes, and count them
    bool counts_io = false;    ///< see stage_report::io
    error_stream errors{};
    windpipe::unique_handle output{};                     ///< where the last stage writes to, if it is open
    std::optional<std::chrono::nanoseconds> time_limit{}; ///< then all are asked to end
    std::optional<std::chrono::nanoseconds> kill_after{}; ///< how long after that they are killed
    std::optional<std::chrono::nanoseconds> stall{};      ///< how long no byte may move before we say so
    bool stall_kill = false;                              ///< and then end it
    /// When every stage has been started, or one could not be.
    std::function<void(const pipeline_report& now)> on_start = [](const pipeline_report&) {};
    /// After each tick of the watch.
    std::function<void(const pipeline_report& now)> on_tick = [](const pipeline_report&) {};
    /// A line for people, about what happens meanwhile.
    std::function<void(const std::string& line)> notice = [](const std::string&) {};
    /// More than a line, for whoever asked for it.
    std::function<void(const std::string& lines)> show = [](const std::string&) {};
};

/// How long after they have been asked to end the stages are killed, where the options do not say.
inline constexpr std::chrono::seconds usual_grace{10};

/// Runs the stages side by side, the output of each being the input of the next. The first has our standard input, the
/// last our standard output, all our standard error, unless the plan says otherwise, and nothing else of ours.
/// `watcher` is told of all that happens.
///
/// *Blocks*: until every stage has ended. Signals do not end us meanwhile: they are passed on to the stages.
/// *Returns*: a report for each stage. No process of a stage, pipe or thread is left behind; what a stage left running
/// when it ended by itself runs on.
/// PRE: the plan holds at least one stage, and each at least one word.
pipeline_report run_pipeline(const pipeline_plan& plan, pipeline_options& options, watch& watcher, events& happening);

} // namespace windpipe_tool

// limit.hpp - which stage limits the pipeline, and how sure that is.
#pragma once

#include "xray/window.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// Why a stage limits.
enum class limit_reason {
    unknown, ///< nothing can be said; limit::unknown_why says why
    cpu,     ///< it needs the processor all the time
    queued,  ///< it wants a processor, and others have them
    asleep,  ///< it waits for something that is not of the pipeline
    source,  ///< what the pipeline reads comes no faster
    sink,    ///< what the pipeline writes to takes no more
    stopped, ///< a signal has stopped it
};

struct limit {
    limit_reason reason = limit_reason::unknown;
    std::optional<std::size_t> stage{}; ///< nothing: unknown, or outside of the pipeline
    process_id outside = 0;             ///< the process before the first stage, or behind the last
    double confidence = 0;              ///< 0 to 1
    std::optional<double> head_room{};  ///< how many times as fast at best, if this stage took no time at all
    std::optional<std::size_t> next{};  ///< what would limit then
    std::string unknown_why{};
};

/// The stage for which the others wait: it waits least for its neighbours. It must be clearly ahead, and the channels
/// around it must not speak against it; else the answer is "unknown".
limit limit_of(const window& seen);

/// In one sentence.
std::string text_of(const limit& found, const graph& pipeline, const window& seen);

/// What that is taken from: a line about the stage, and one for each of its channels.
std::vector<std::string> evidence_of(const limit& found, const window& seen);

} // namespace windpipe_tool::xray

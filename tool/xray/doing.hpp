// doing.hpp - from what the threads of a stage do to what the stage does.
#pragma once

#include "xray/graph.hpp"
#include "xray/sample.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace windpipe_tool::xray {

/// What a stage does, as the pipeline sees it.
enum class doing {
    runs,    ///< it works, or wants to
    starved, ///< it waits for input from the pipeline
    blocked, ///< it waits for room in a channel of the pipeline
    sleeps,  ///< it waits for something else
    stopped,
    ended,
    unknown,
};

inline constexpr std::size_t kinds_of_doing = 7;

/// "waits for input" and the like.
std::string_view text_of(doing what);

/// A stage at one moment.
struct stage_moment {
    doing what = doing::unknown;
    std::string why{};                   ///< of one that sleeps: for what, "a timer", "reads /dev/tty"
    std::optional<channel_id> channel{}; ///< of one that is starved or blocked
    int descriptor = -1;                 ///< of one that is starved or blocked, if it is known
};

/// What a stage does. Of its threads the most active counts: it runs if one of them does.
///
/// Where a thread only says that it polls, or nothing (the system keeps it from this user), the channels tell: with an
/// empty input it is starved, with a full output blocked.
stage_moment moment_of(const graph& pipeline, std::size_t stage, const sample& seen);

} // namespace windpipe_tool::xray

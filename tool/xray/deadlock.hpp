// deadlock.hpp - who waits for whom, and a circle in it.
#pragma once

#include "xray/graph.hpp"
#include "xray/sample.hpp"

#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// One process of a circle: what it waits for, and who could end that.
struct waiter {
    process_id pid = 0;
    activity doing = activity::unknown; ///< reads, writes or child
    int descriptor = -1;                ///< that it reads or writes
    std::optional<channel_id> channel{};
    process_id for_whom = 0;    ///< the next one of the circle
    int their_descriptor = -1;  ///< of the channel, in that process
    std::size_t others_too = 0; ///< how many more could end it, and stand still as well
};

/// Processes of which each waits for the next, and the last for the first.
using circle = std::vector<waiter>;

/// A circle in which nobody can ever go on: every thread of each process waits in a read of an empty channel, a write
/// to a full one, or for a child; and all who could end that stand still in the same way. Both looks must show it, and
/// that nobody has run between them.
///
/// *Returns*: nothing where it is not certain: a process that polls, waits for time, is stopped, or may not be seen.
std::optional<circle> deadlock_in(const graph& pipeline, const sample& before, const sample& now);

/// One line for each process of it.
std::vector<std::string> text_of(const circle& found, const graph& pipeline, const sample& now);

} // namespace windpipe_tool::xray

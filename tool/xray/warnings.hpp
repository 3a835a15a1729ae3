// warnings.hpp - what is known to go wrong in pipelines, where it is seen.
#pragma once

#include "xray/window.hpp"

#include <map>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// Who has been seen to read a channel, by the first process of the stage: who has closed it meanwhile is still named.
using known_readers = std::map<channel_id, process_id>;

/// Adds who reads now.
void note_readers(const graph& pipeline, known_readers& known);

/// One sentence each: a pipe that holds less than usual, one of standard error that nobody empties, a stage that is
/// stopped, that has closed its input, or that has not written a byte, and an input whose end does not come because a
/// process outside keeps it open.
std::vector<std::string> warnings_of(const window& seen, const known_readers& known);

} // namespace windpipe_tool::xray

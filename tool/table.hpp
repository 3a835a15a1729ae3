// table.hpp - the stages as a table for people.
#pragma once

#include "pipeline.hpp"
#include "verdict.hpp"

#include <string>

namespace windpipe_tool {

/// One line per stage under a line of headings: number, command, pid, status, wall, user and system time, and the most
/// memory it had resident at a time. "-" where there is nothing to tell, "<=" where
/// the memory may be ours.
/// `color`: the lines of stages that failed are red.
std::string stage_table(const pipeline_report& report, windpipe::success_rule rule, bool color = false);

/// One line per pipe that was relayed: what has passed, and how long our relay waited for either stage. Empty where
/// none was.
std::string pipe_table(const pipeline_report& report);

/// One line per stage whose bytes are known: what it has read and written. Empty where none are.
std::string io_table(const pipeline_report& report);

} // namespace windpipe_tool

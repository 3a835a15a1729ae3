// table.hpp - the stages as a table for people.
#pragma once

#include "pipeline.hpp"
#include "verdict.hpp"

#include <string>

namespace windpipe_tool {

/// One line per stage under a line of headings: number, command, pid, status, wall, user and system time, and the most
/// memory it had resident at a time. "-" where there is nothing to tell, "<=" where
/// the memory may be ours.
std::string stage_table(const pipeline_report& report, status_rule rule);

} // namespace windpipe_tool

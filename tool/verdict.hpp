// verdict.hpp - from what became of the stages to our own exit status.
#pragma once

#include "pipeline.hpp"

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/pipeline.hpp>

#include <cstddef>
#include <vector>

namespace windpipe_tool {

/// Whether a stage failed only because the stages after it had enough: they all succeeded, or are forgiven themselves.
/// `yes :: head -1` did what it was asked to do. Never the last stage: nobody of ours was its reader.
bool is_forgiven(const std::vector<stage_report>& stages, std::size_t index);

/// One stage's status as an exit status: its code; 128 and the number of the signal that killed it; 1 for a code above
/// 255, which only Windows has.
int exit_status_of(const windpipe::exit_status& status);

/// Why a stage could not be started: 127 no such program, 126 it cannot be executed, 125 all that is not the program's
/// fault: no pipe, no process, no memory.
int exit_status_of(const windpipe::error& start_failure);

/// Of the whole pipeline: 0 when every stage that counts succeeded or is forgiven, else that of the rightmost which did
/// not. A stage that could not start counts whatever the rule, and so does that we ended it: 124 and 137.
int exit_status_of(const pipeline_report& report, windpipe::success_rule rule);

} // namespace windpipe_tool

// run.hpp - `windpipe run`: programs joined by pipes.
#pragma once

#include "cli11.hpp"
#include "request.hpp"
#include "words.hpp"

namespace windpipe_tool {

/// Adds the subcommand to `tool`. Parsing fills `request`, which must outlive the parsing.
CLI::App& add_run(CLI::App& tool, run_request& request);

/// Runs the stages in `line` (what stood behind the options) and returns windpipe's exit status.
int run(const run_request& request, const words& line);

} // namespace windpipe_tool

// run.hpp - `windpipe run`: programs joined by pipes.
#pragma once

#include "cli11.hpp"
#include "verdict.hpp"
#include "words.hpp"

#include <cstddef>
#include <string>

namespace windpipe_tool {

/// What the options of `windpipe run` say.
struct run_request {
    enum class table { automatic, always, never };

    std::string separator = "::";
    std::size_t pipe_size = 0;
    table show_table = table::always;
    status_rule rule = status_rule::forgiving;
};

/// Adds the subcommand to `tool`. Parsing fills `request`, which must outlive the parsing.
CLI::App& add_run(CLI::App& tool, run_request& request);

/// Runs the stages in `line` (what stood behind the options) and returns windpipe's exit status.
int run(const run_request& request, const words& line);

} // namespace windpipe_tool

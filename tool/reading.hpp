// reading.hpp - from what the user typed to the stages that shall run.
#pragma once

#include "plan.hpp"
#include "request.hpp"

#include <expected>
#include <string>

namespace windpipe_tool {

/// Why there is no plan: a sentence, and lines that show the place in a text, or none.
struct plan_error {
    std::string message;
    std::string place{};
};

/// The stages in `line` (what stood behind the options), in the text of -c or in the file of --file, with their names.
std::expected<pipeline_plan, plan_error> read_plan(const run_request& request, const words& line);

} // namespace windpipe_tool

// options.hpp - the options of `windpipe run`, in one table: the command line, both help texts, the manual page and the
// completions of the shells are made of it.
#pragma once

#include "cli11.hpp"
#include "request.hpp"

#include <functional>
#include <string>
#include <vector>

namespace windpipe_tool {

struct option_row {
    std::string names; ///< "-N,--name"
    std::string value; ///< what it takes, as in "NAME"; empty: nothing
    std::string help;
    std::vector<std::string> choices{}; ///< what its value may be, where that can be listed
    bool takes_file = false;            ///< its value is the name of a file
    bool repeatable = false;
    /// Enters it into the request. *Returns*: what is wrong with the value; empty: nothing.
    std::function<std::string(run_request&, const std::string& value)> enter{};
};

const std::vector<option_row>& run_options();

/// Adds them to `run`. Parsing fills `request`, which must outlive the parsing.
void add_options(CLI::App& run, run_request& request);

} // namespace windpipe_tool

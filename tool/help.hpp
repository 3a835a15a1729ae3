// help.hpp - how the help texts look.
#pragma once

#include "cli11.hpp"

#include <string>

namespace windpipe_tool {

/// Gives `app` a usage line, a text under its options, and --help.
void style_help(CLI::App& app, std::string usage, std::string footer);

} // namespace windpipe_tool

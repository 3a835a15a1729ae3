// words.hpp - what the user typed: options first, then the stages, which belong to the user alone.
#pragma once

#include "cli11.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_tool {

using words = std::vector<std::string>;

/// How many of `line` are options of `app` and their values: those in front of the first other word. A `--` ends them.
///
/// *Returns*: the number of words, without the `--`.
std::size_t count_options(const CLI::App& app, const words& line);

/// Cuts `line` into stages where it holds the word `separator`.
///
/// *Errors*: a sentence for the user: no stages, an empty stage, an empty program name.
std::expected<std::vector<words>, std::string> split_stages(const words& line, std::string_view separator);

} // namespace windpipe_tool

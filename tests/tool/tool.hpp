// tool.hpp - runs the real windpipe as a child, as a user would.
#pragma once

#include <windpipe/command.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_test {

using words = std::vector<std::string>;

/// What one run of windpipe gave.
struct outcome {
    std::uint32_t code = 0; ///< its exit status, or 128 + N for the signal N
    int signal = 0;         ///< the signal that killed windpipe itself, or 0
    std::string out;
    std::string err;
};

/// The path of the windpipe that was built.
std::string tool_path();

/// A command that runs windpipe; the programs of tests/children/ come first in its PATH.
windpipe::command tool_command(words line);
/// The same surroundings for another program, which is to start windpipe itself.
windpipe::command with_children(windpipe::command what);

/// Runs windpipe with these words and this input, until nobody holds its output any more: a stage that outlives
/// windpipe makes it hang, and that fails the test.
outcome run_tool(words line, std::string_view input = {});
outcome finish(windpipe::command what, std::string_view input = {});

/// One line of the table of stages.
struct row {
    int number = 0;
    std::string command;
    std::string pid;
    std::string status;
    std::string wall;
    std::string user;
    std::string sys;
    std::string max_rss;
};

/// The lines of the table in `err`, without its headings.
std::vector<row> table_rows(const std::string& err);

/// How often `part` stands in `text`.
std::size_t count(std::string_view text, std::string_view part);

} // namespace windpipe_test

// attach.hpp - `windpipe snapshot` and `windpipe attach`: the x-ray of a pipeline that somebody else has started.
#pragma once

#include "cli11.hpp"

#include <chrono>
#include <cstdint>

namespace windpipe_tool {

/// What the options of either command say.
struct attach_request {
    std::uint32_t pid = 0;
    std::chrono::milliseconds length{1000};  ///< snapshot: how long it looks
    std::chrono::milliseconds interval{134}; ///< attach: between two looks
    std::uint64_t expected = 0;              ///< attach: bytes that shall pass through the first pipe; 0: not known
    bool plain = false;                      ///< attach: no picture
};

/// Add the subcommands to `tool`. Parsing fills `request`, which must outlive the parsing.
CLI::App& add_snapshot(CLI::App& tool, attach_request& request);
CLI::App& add_attach(CLI::App& tool, attach_request& request);

/// Looks for a while and prints what was seen to standard output. *Returns*: windpipe's exit status.
int snapshot(const attach_request& request);

/// Shows the pipeline until it has ended. *Returns*: windpipe's exit status.
int attach(const attach_request& request);

} // namespace windpipe_tool

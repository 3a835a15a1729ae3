// report.hpp - the x-ray in one screen of text.
#pragma once

#include "xray/sampler.hpp"

#include <string>

namespace windpipe_tool::xray {

/// The stages, the channels between them, what limits, a deadlock, warnings: what the looks so far have shown.
std::string report_of(const sampler& what);

/// The looks since sampler::begin_anew() in one line.
std::string line_of(const sampler& what);

/// Where a channel leads: "1 -> 2", "1 -> tee", "stderr of 1 -> make".
std::string route_of(const graph& pipeline, const link& which);

} // namespace windpipe_tool::xray

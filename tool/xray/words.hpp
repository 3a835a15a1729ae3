// words.hpp - names and numbers of the x-ray for people.
#pragma once

#include "xray/graph.hpp"
#include "xray/sample.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace windpipe_tool::xray {

/// "sort (pid 12)"
std::string process_name(const graph& pipeline, process_id pid);
/// "stage 2 (gzip)"
std::string stage_name(const graph& pipeline, std::size_t stage);
/// "its standard input", "its descriptor 7"
std::string stream_name(int descriptor);
/// "pipe 4711"
std::string channel_name(const channel_id& channel);
/// "6000 of 8192 bytes, full"
std::string fill_text(const channel_sample& state);
/// "64.0 KiB"
std::string bytes_text(double bytes);
/// "12.5 MiB/s"
std::string rate_text(std::uint64_t bytes, std::chrono::nanoseconds time);
/// "97 %"
std::string percent(double part);

} // namespace windpipe_tool::xray

// diff.hpp - `windpipe diff`: what has changed between two runs, and whether the bottleneck has moved.
#pragma once

#include <string>

namespace windpipe_tool {

inline constexpr auto diff_summary = "Compare the records of two runs: has the bottleneck moved?";
inline constexpr auto diff_usage = "windpipe diff A.json B.json";
inline constexpr auto diff_explanation =
    R"(The files are those of 'windpipe run --json'. Which stage limits a run is taken from its
verdict, if it has one; else from an exact run (--exact), where the pipe in front of a
stage is full and the one behind it empty; else from processor time, where one stage
has used nearly a whole processor and no other has. Where none of them tells clearly,
it is unknown.

Exit status: 0 the two were compared, 125 they could not be.
)";

/// Compares the files and prints the answer on standard output. *Returns*: windpipe's exit status.
int diff(const std::string& first, const std::string& second);

} // namespace windpipe_tool

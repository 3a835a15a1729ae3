// pipe_end.hpp - the end of a pipe on Linux, and the numbers under which a worker finds its own.
#pragma once

namespace bench {

using pipe_end = int;

/// Descriptors of a worker: the order to start and the report, and the ends of pipes that its job is about.
inline constexpr int start_descriptor = 3;
inline constexpr int report_descriptor = 4;
inline constexpr int data_in_descriptor = 5;
inline constexpr int data_out_descriptor = 6;

} // namespace bench

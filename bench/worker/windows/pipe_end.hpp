// pipe_end.hpp - the end of a pipe on Windows. A worker inherits its own; their values are words of its command line:
// start= and report= for the order to start and the report, in= and out= for the ends of pipes that its job is about.
#pragma once

namespace bench {

using pipe_end = void*; // a HANDLE

} // namespace bench

// named_pipe.hpp - a pipe with one overlapped end, which only a named pipe can have.
#pragma once

#include "sys.hpp"

namespace windpipe::platform {

/// PRE: local is reader or writer.
result<raw_pipe> create_named_pipe(DWORD capacity, local_end local);

} // namespace windpipe::platform

// named_pipe.hpp - a pipe with one overlapped end, which only a named pipe can have; and who may open named pipes of
// ours.
#pragma once

#include "sys.hpp"

namespace windpipe::platform {

/// PRE: local is reader or writer.
result<raw_pipe> create_named_pipe(DWORD capacity, local_end local);

/// Access for the user this process runs as and for nobody else.
result<SECURITY_ATTRIBUTES> for_this_user_alone();

/// PRE: PROCESS_QUERY_LIMITED_INFORMATION.
result<bool> is_of_this_user(HANDLE process);

} // namespace windpipe::platform

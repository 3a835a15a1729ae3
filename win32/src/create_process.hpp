// create_process.hpp - what both forms of CreateProcess come to.
#pragma once

#include "windows.h"

#include <optional>
#include <string>
#include <vector>

namespace windpipe::win32 {

struct process_request {
    std::optional<std::string> application;
    std::optional<std::string> command_line;
    std::optional<std::string> directory;
    std::optional<std::vector<std::string>> environment; ///< none: ours
    bool inherits = false;
    DWORD flags = 0;
    bool gives_streams = false; ///< STARTF_USESTDHANDLES
    HANDLE streams[3] = {};
    const _PROC_THREAD_ATTRIBUTE_LIST* attributes = nullptr;
    DWORD process_flags = 0; ///< of the new handle of the process
    DWORD thread_flags = 0;
};

/// Starts a process. *Returns*: FALSE with the last error set.
BOOL create_process(const process_request& request, PROCESS_INFORMATION& made);

} // namespace windpipe::win32

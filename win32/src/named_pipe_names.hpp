// named_pipe_names.hpp - the servers of this process by name.
#pragma once

#include "named_pipe.hpp"

#include <sys/socket.h>
#include <sys/un.h>

namespace windpipe::win32 {

/// *Returns*: its length; 0 for a name that is too long.
socklen_t pipe_address(const std::string& name, sockaddr_un& address) noexcept;

/// Counts one instance less. The last one takes the name with it.
void forget_instance(const std::shared_ptr<named_pipe_server>& server) noexcept;

} // namespace windpipe::win32

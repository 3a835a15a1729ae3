// named_pipe_names.hpp - the names of named pipes and the sockets that have them.
#pragma once

#include <windpipe/handle.hpp>

#include <string>
#include <sys/socket.h>
#include <sys/un.h>

namespace windpipe::win32 {

/// `\\.\pipe\NAME`, in either case. *Returns*: NAME in lower case; empty if it is no such name.
std::string pipe_name(const std::string& path);

/// *Returns*: its length; 0 for a name that is too long.
socklen_t pipe_address(const std::string& name, sockaddr_un& address) noexcept;

/// A socket that is connected to a name. *Returns*: none, with errno.
unique_handle connect_to(const std::string& name) noexcept;

} // namespace windpipe::win32

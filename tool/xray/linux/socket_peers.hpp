// socket_peers.hpp - which Unix sockets are connected with which.
#pragma once

#include <cstdint>
#include <map>

namespace windpipe_tool::xray {

/// One of a connected pair.
struct socket_facts {
    std::uint64_t peer = 0;   ///< the inode of the other
    std::uint64_t unread = 0; ///< bytes that wait in it
};

/// By inode, all connected Unix sockets of our network namespace; none where the system does not tell.
///
/// *Source*: sock_diag(7).
std::map<std::uint64_t, socket_facts> socket_peers();

} // namespace windpipe_tool::xray

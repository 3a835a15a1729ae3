// many.hpp - many children and many pipes in one thread, by bare system calls.
#pragma once

#include "worker/peer.hpp"

namespace bench::floor {

/// One epoll set; outputs are read to one buffer and appended to a string each.
std::vector<captured> many_by_posix_spawn(crowd& all);
std::vector<captured> many_by_clone(crowd& all);

void listen_by_epoll(many_pipes& all);
void listen_by_poll(many_pipes& all);

} // namespace bench::floor

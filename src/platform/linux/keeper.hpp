// keeper.hpp - the thread that starts the children which shall die with this process.
//
// The signal that the kernel sends a child when its parent dies is bound to the thread that cloned it, not to the
// process (PR_SET_PDEATHSIG in prctl(2)). So one thread, which lives as long as the process, clones them all.
#pragma once

#include "child_side.hpp"

namespace windpipe::platform {

/// clone_child() by the keeper, which the first call starts. One child at a time.
pid_t clone_by_keeper(child_orders& orders, int& pidfd);

} // namespace windpipe::platform

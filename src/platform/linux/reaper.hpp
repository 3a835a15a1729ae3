// reaper.hpp - reaps detached children, so that they leave no zombies.
#pragma once

#include <windpipe/handle.hpp>

namespace windpipe::platform {

/// Reaps the process of `pidfd` when it ends, in a thread that the first call starts and that serves all of them.
/// Where neither thread nor epoll can be had, the child waits for one of the next calls of this and of reap_waiting().
void reap_later(unique_handle pidfd) noexcept;

/// Reaps those that have ended meanwhile of the children that no thread could be had for. Costs nothing when there are
/// none.
void reap_waiting() noexcept;

} // namespace windpipe::platform

// child_side.hpp - what runs between clone and exec, in the child but in our memory.
#pragma once

#include "core/descriptor_moves.hpp"

#include <cstddef>
#include <type_traits>

#include <sys/types.h>

namespace windpipe::platform {

/// The steps of a child that can fail.
enum class child_step { none, parent, group, descriptors, directory, signals, exec };

/// Everything the child needs, made before it exists, and the two words by which it reports.
///
/// CHILD-SIDE: the child shares our memory, our thread-local storage and even our errno while we are suspended. It must
/// not allocate, lock, throw or run a destructor of ours.
struct child_orders {
    const char* program;
    char* const* arguments;
    char* const* environment;
    const char* directory; // or null
    descriptor_moves::move* aside;
    std::size_t aside_count;
    const descriptor_moves::move* place;
    std::size_t place_count;
    pid_t parent; // with which it dies, or 0
    bool own_group;
    int control_group;      // its directory, to be started in, or -1
    int control_group_list; // its cgroup.procs, to enter it where it was not started in it
    bool in_control_group;  // whether it is
    bool handlers_cleared;  // by the clone itself

    child_step failed_step = child_step::none;
    int failed_code = 0;
};
static_assert(std::is_trivially_destructible_v<child_orders> && std::is_standard_layout_v<child_orders>);

/// Starts the child and returns when it has loaded its program or given up: then failed_step says where.
///
/// POST: on success `pidfd` refers to it (close-on-exec). -1 with errno when there is no child at all.
/// The calling thread's signals must be blocked. A child that dies with its parent dies with the calling thread.
pid_t clone_child(child_orders& orders, int& pidfd);

} // namespace windpipe::platform

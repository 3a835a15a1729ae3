// tree.hpp - all processes that the stages have started, also those that left their stage. In tool/platform/<system>/.
//
// Windows holds each stage and what it starts in a job of its own, which the library ends with the stage; and the
// console tells them all what it tells us. So what is said here of Linux is nothing there.
#pragma once

#include "events.hpp"

#include <cstdint>
#include <span>

namespace windpipe_tool::tree {

/// From now on a process of the tree whose parent has ended becomes our child, so that it is found (Linux:
/// PR_SET_CHILD_SUBREAPER in prctl(2)).
void hold();

/// Sends every process of the tree the signal that we were asked by.
void tell(asked what);

/// Kills every process of the tree. On Windows: those of the stages are killed by child::kill().
void kill();

/// Whether anything of the tree is still running.
bool lives();

/// Reaps what has ended of the processes that we have inherited. `stages` are left to the library.
void reap(std::span<const std::uint32_t> stages);

/// A number that has grown when a process of the tree has read or written anything since it was last asked for, as far
/// as the system counts that: /proc/pid/io in proc(5); GetProcessIoCounters, of the stages alone.
std::uint64_t bytes_moved(std::span<const std::uint32_t> stages);

} // namespace windpipe_tool::tree

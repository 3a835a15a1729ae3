// tree.hpp - all processes that the stages have started, also those that left their stage. In tool/platform/<system>/.
//
// Windows holds each stage and what it starts in a job of its own, which the library ends with the stage; and the
// console tells them all what it tells us. So what is said here of Linux is nothing there.
#pragma once

#include "events.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace windpipe_tool::tree {

/// From now on a process of the tree whose parent has ended becomes our child, so that it is found (Linux:
/// PR_SET_CHILD_SUBREAPER in prctl(2)).
void hold();

/// Sends every process of the tree the signal that we were asked by; also where the system does not tell who belongs to
/// it the `stages`, which have not been reaped.
void tell(asked what, std::span<const std::uint32_t> stages);

/// Kills every process of the tree. On Windows: those of the stages are killed by child::kill().
void kill();

/// Whether anything of the tree is still running.
bool lives();

/// Reaps what has ended of the processes that we have inherited. `stages` are left to the library.
void reap(std::span<const std::uint32_t> stages);

/// A number that has grown when a process of the tree has read or written anything since it was last asked for, as far
/// as the system counts that: /proc/pid/io in proc(5); GetProcessIoCounters, of the stages alone. Nothing: it does not
/// tell of one of them, so that it may move bytes and nobody knows.
std::optional<std::uint64_t> bytes_moved(std::span<const std::uint32_t> stages);

/// Bytes that went through all calls that read or write: files, pipes and sockets alike.
struct io_counters {
    std::uint64_t read = 0;
    std::uint64_t written = 0;
};

/// Those of a stage that has ended and has not been reaped. Nothing: the system does not tell.
///
/// *Systems*: Linux: with the descendants that it waited for; what splice(2) and its like move is not counted; see
/// /proc/pid/io in proc(5). Windows: of the process alone; see GetProcessIoCounters.
std::optional<io_counters> io_of(std::uint32_t stage);

} // namespace windpipe_tool::tree

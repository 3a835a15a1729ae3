// descriptors.hpp - small steps with descriptors that several files of the backend take.
#pragma once

#include "sys.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

/// Lowest number for descriptors of ours: 0, 1 and 2 belong to the standard streams, even while those are closed.
inline constexpr int first_own_descriptor = 3;

/// A private copy that stays clear of the standard streams.
result<unique_handle> private_copy(int fd, std::string_view operation);

/// `fd` itself, or its private copy if it is 0, 1 or 2 (which is then closed).
result<unique_handle> clear_of_standard(unique_handle fd, std::string_view operation);

/// How a file is opened for reading, emptied, or for its end. PRE: a source that has a path.
int file_flags(stream_plan::source how) noexcept;
/// The rights of a file that is made.
inline constexpr mode_t by_umask = 0666;

/// Whether nothing can end a wait but what it waits for: no deadline, no stop, no look for a deadlock, and no other
/// thread that could close the end. Then the system may wait in one call.
bool cannot_be_called_off(const interruption& interrupted);

/// Waits until `fd` may be ready for `events`, or fails with interruption::why(). It may also return early, and does at
/// `latest`.
result<void> wait_for(int fd, short events, interruption& interrupted, std::string_view operation,
                      const deadline& latest = never);

/// A poll(2) timeout for the time left until a deadline; null: never. `storage` keeps it.
const timespec* timeout_until(const deadline& until, timespec& storage);

} // namespace windpipe::platform

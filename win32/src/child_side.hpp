// child_side.hpp - from the clone to the exec.
#pragma once

#include <array>
#include <cstdint>
#include <sys/types.h>

namespace windpipe::win32 {

/// All that the child does, decided before it exists. It shares our memory and may not allocate, lock or destroy.
struct child_orders {
    const char* program;
    char* const* arguments;
    char* const* environment;
    const char* directory;      ///< nullptr: ours
    std::array<int, 3> streams; ///< what becomes 0, 1 and 2
    const int* kept;            ///< descriptors that it keeps
    std::size_t kept_count;
    std::int32_t* own_id; ///< where it says who it is; may be nullptr
    int starter;          ///< it waits for a byte here; -1
    bool own_group;
    int failed_code; ///< of what went wrong; 0
    bool failed_in_directory;
};

/// Starts a child. One that is to wait for its starter gets a copy of our memory, any other stops us until it has begun
/// its program or failed. *Returns*: its id and `pidfd`, or -1 with errno set.
pid_t start_child(child_orders& orders, int& pidfd);

} // namespace windpipe::win32

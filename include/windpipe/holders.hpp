// holders.hpp - who holds the other end of a pipe: why end of stream or broken pipe does not come.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace windpipe {

/// One handle by which a process holds an end.
struct holder {
    std::uint32_t pid = 0;    ///< the process; it may be this one
    std::string name;         ///< of its program (Linux: the first 15 bytes); empty where the system does not tell
    std::uint64_t handle = 0; ///< in that process: the number of the descriptor, the value of the HANDLE

    friend bool operator==(const holder&, const holder&) = default;
};

/// The holders of an end, as far as they could be found.
struct holder_list {
    std::vector<holder> known; ///< by process, then by handle
    /// Whether these are all: every process that we see could be looked into. Never on Windows.
    bool complete = false;

    /// "cat (pid 4711, handle 1), sleep (pid 4712, handle 1) and perhaps others".
    [[nodiscard]] std::string text() const;
};

/// Who holds the write end of this reader's pipe, and so keeps its end of stream from coming; who holds the read end of
/// this writer's pipe. This process is among them if it does. For messages: by the time it is read, it may be over.
///
/// Costs a look at every open file of every process: some milliseconds.
///
/// *Returns*: holders that we may not see, or that are in another process namespace, are missing; then
/// holder_list::complete is false as far as that can be told.
/// *Errors*: `bad_file_descriptor` (this end is closed), `too_many_files_open`, `not_enough_memory`,
/// `no_such_file_or_directory` on Linux without /proc. On Windows `operation_not_supported` for a pipe of several
/// instances or without a name, `device_or_resource_busy` while another thread is in a call on a synchronous end.
/// *Systems*: Linux tells all about processes of the same user, and of every user to root; an end that is under way
/// through a socket has no holder. On Windows it is a best effort: among the handles of the processes that we may open,
/// those with the rights of an end are copied for a moment and asked for the name of their pipe, in a thread; one that
/// does not answer at once, since its process is in a call on it, is passed over.
/// *Example*: examples/holders.cpp
/// *Source*: /proc/pid/fd and /proc/pid/fdinfo in proc(5); NtQuerySystemInformation, FilePipeLocalInformation.
[[nodiscard]] result<holder_list> holders(const pipe_reader& reader);
[[nodiscard]] result<holder_list> holders(const pipe_writer& writer);

} // namespace windpipe

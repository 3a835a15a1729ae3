// sample.hpp - what one look at processes and pipes has shown. Whatever could not be learnt is nothing, never a guess.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

using process_id = std::uint32_t;

/// What carries bytes one way from process to process.
enum class channel_kind {
    pipe,   ///< without a name
    fifo,   ///< with a name
    socket, ///< one direction of a pair of Unix sockets
};

/// Of a socket: the one that receives.
struct channel_id {
    channel_kind kind = channel_kind::pipe;
    std::uint64_t device = 0; ///< of a fifo
    std::uint64_t inode = 0;

    friend auto operator<=>(const channel_id&, const channel_id&) = default;
};

/// A descriptor of a process that leads to a channel. A socket leads to two.
struct open_end {
    int descriptor = -1;
    channel_id channel;
    bool reads = false;
    bool writes = false;
};

/// Who a process is and which channels it has open.
struct process_facts {
    process_id pid = 0;
    process_id parent = 0;
    std::uint64_t began = 0; ///< in ticks since the system was started: with the pid it names a process for ever
    char state = '?';        ///< as in /proc/pid/stat
    std::string name;        ///< the program's short name
    std::string command;     ///< program and arguments, for people; may be empty
    std::vector<open_end> ends;
    bool ends_known = false;              ///< false: this user may not see them
    std::array<std::string, 3> streams{}; ///< what its standard streams are, in the words of the system; empty: unknown
};

/// What a thread does.
enum class activity {
    running, ///< on a processor, or waiting for one
    reads,   ///< asleep in a read
    writes,  ///< asleep in a write
    polls,   ///< asleep until one of several things can be read or written
    child,   ///< asleep until a child of the process ends
    threads, ///< asleep until another thread wakes it
    timer,   ///< asleep for a time
    other,   ///< asleep in another call
    disk,    ///< asleep, and signals do not wake it: mostly for a disk
    stopped, ///< by a signal or a debugger
    ended,
    asleep, ///< for what is not told
    unknown,
};

/// One thread at one moment.
struct thread_sample {
    std::uint32_t tid = 0;
    activity doing = activity::unknown;
    int descriptor = -1;                     ///< that it reads or writes
    std::string call{};                      ///< the name of the system call it is asleep in
    std::string subject{};                   ///< what the descriptor leads to, in the words of the system
    std::optional<channel_id> channel{};     ///< that it reads or writes
    std::optional<std::uint64_t> on_cpu{};   ///< nanoseconds on a processor since it began
    std::optional<std::uint64_t> in_queue{}; ///< nanoseconds it wanted a processor and had none
};

/// How far a file has been read.
struct file_position {
    std::uint64_t position = 0; ///< bytes
    std::uint64_t size = 0;     ///< bytes; not 0
};

/// One process at one moment.
struct process_sample {
    process_id pid = 0;
    std::uint64_t began = 0;
    std::vector<thread_sample> threads;
    std::optional<std::uint64_t> bytes_read{};    ///< by all calls, of everything
    std::optional<std::uint64_t> bytes_written{}; ///< by all calls, to everything
    std::optional<std::uint64_t> resident{};      ///< bytes of memory
    std::uint64_t whole_cpu = 0;                  ///< nanoseconds on a processor, with the next
    std::uint64_t children_cpu = 0;               ///< of children that have ended and were waited for
};

/// One channel at one moment.
struct channel_sample {
    std::optional<std::uint64_t> unread{};   ///< bytes in it
    std::optional<std::uint64_t> capacity{}; ///< bytes it may hold at best
    std::optional<bool> full{};              ///< a write would wait now
    std::optional<bool> abandoned{};         ///< no process has a read end
};

/// One moment of a pipeline.
struct sample {
    std::chrono::nanoseconds at{}; ///< of a clock that never jumps
    std::map<process_id, process_sample> processes;
    std::map<channel_id, channel_sample> channels;
};

} // namespace windpipe_tool::xray

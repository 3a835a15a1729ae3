// pipe.hpp - an anonymous pipe: make_pipe, pipe_reader, pipe_writer.
//
// Hazards first. A read waits until data comes or *every* copy of the write end is closed: keep no copy you do not
// need. A write waits while the pipe is full: never write much to somebody who waits for you to read (use run() for
// that). Every call that can wait takes a wait_limit.
#pragma once

#include <windpipe/bytes.hpp>
#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>
#include <windpipe/limits.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe {

/// What an end has done since it began to count: see detail::pipe_end::enable_counters().
struct end_counters {
    std::uint64_t bytes = 0;            ///< read from the pipe, or written to it
    std::uint64_t calls = 0;            ///< calls of ours that were to read or write, whatever came of them
    std::uint64_t waits = 0;            ///< how often one of them went to sleep
    std::chrono::nanoseconds waited{0}; ///< for how long in all
};

namespace detail {
class endpoint;
class access;

/// The part that both ends share. An end is closed, or owns one native handle.
///
/// *Threads*: any number of threads may call the I/O members, duplicate() and close() of one end at the same time.
/// Moving, assigning and destroying an end are for one thread, when no other uses it.
class pipe_end {
public:
    pipe_end() noexcept;
    pipe_end(pipe_end&& other) noexcept;
    pipe_end& operator=(pipe_end&& other) noexcept;
    ~pipe_end();

    /// Whether this end owns a handle. A default-made, closed, released or moved-from end does not.
    [[nodiscard]] bool is_open() const noexcept;
    [[nodiscard]] explicit operator bool() const noexcept { return is_open(); }

    /// Closes our end. The pipe lives until every handle of both of its ends is closed.
    ///
    /// A call that blocks on this end in another thread returns `errc::operation_canceled`; calls made later return
    /// `errc::bad_file_descriptor`. When close() returns, no call uses the handle any more and it is closed. Closing a
    /// closed end does nothing.
    /// *Blocks*: only until calls in flight have noticed.
    /// *Source*: close(2); CloseHandle.
    void close() noexcept;

    /// The native handle, still owned by this end, for calls windpipe does not have. `no_handle` when closed.
    [[nodiscard]] windpipe::native_handle native_handle() const noexcept;

    /// Gives the native handle away and leaves this end closed. Calls in flight are treated as by close().
    ///
    /// *Blocks*: as close().
    /// *Errors*: none; of a closed end, a unique_handle that owns nothing.
    /// *Ownership*: the caller's from now on.
    [[nodiscard]] unique_handle release() noexcept;

    /// How many bytes the pipe holds before a write waits: what the system granted, not what was asked for.
    ///
    /// *Errors*: `bad_file_descriptor` (this end is closed).
    /// *Systems*: Linux counts in pages; a pipe filled by writes that are not whole pages can be full at half of its
    /// bytes. A user who holds more than `pipe-user-pages-soft` pages (16384 by default) silently gets pipes of one or
    /// two pages: compare this value with what you need. Windows reports the quota of the pipe.
    /// *Source*: fcntl(2) F_GETPIPE_SZ, pipe(7); GetNamedPipeInfo.
    [[nodiscard]] result<std::size_t> capacity() const;

    /// From now on, counts what is done with this end: all that reads or writes it, also transfer(), tee() and what is
    /// buffered, but not what a loop does. Before this, and for ends that never count, it costs nothing. Once it
    /// counts, it goes on; calling this again changes nothing. A duplicate counts for itself.
    ///
    /// *Errors*: `bad_file_descriptor` (this end is closed), `not_enough_memory`.
    /// *Threads*: a call that is under way already may not be counted.
    /// *Systems*: a read or write that has to wait asks the clock twice more; on Windows, one on a synchronous end asks
    /// the system first whether it will have to wait, and a write there counts as a wait from a millisecond on.
    result<void> enable_counters() noexcept;

    /// What has been counted; all zeros of an end that does not count. Also after close().
    ///
    /// What a call has looked at a second time before it slept is no wait. A wait under way is counted when it ends.
    /// *Threads*: each number is exact; together they are of no single moment while calls are under way.
    [[nodiscard]] end_counters counters() const noexcept;

protected:
    explicit pipe_end(std::unique_ptr<endpoint> state) noexcept;
    std::unique_ptr<endpoint> state_;
    friend class access;
};
} // namespace detail

/// A piece of memory to be written.
using const_buffer = std::span<const std::byte>;

/// "As many as there are", for limits in bytes.
inline constexpr std::size_t no_limit = static_cast<std::size_t>(-1);

/// The read end of a pipe.
class pipe_reader : public detail::pipe_end {
public:
    pipe_reader() noexcept = default;

    /// Takes over the read end of an existing pipe, such as one inherited as standard input.
    ///
    /// *Errors*: `invalid_argument` if the handle is not a pipe or cannot be read, `bad_file_descriptor` if it is not
    /// open.
    /// *Ownership*: on failure `handle` is untouched and still yours.
    [[nodiscard]] static result<pipe_reader> adopt(unique_handle&& handle);

    /// Reads what is there, at least one byte, at most `into.size()`.
    ///
    /// *Blocks*: while the pipe is empty and somebody holds the write end.
    /// *Returns*: the number of bytes; 0 is end of stream: every write end is closed and all data has been read. For an
    /// empty `into`, 0 at once.
    /// *Errors*: `timed_out`, `operation_canceled` (nothing was read), `bad_file_descriptor` (this end is closed),
    /// `too_many_files_open`, `not_enough_memory` (for what a thread makes at its first wait and keeps).
    /// *Source*: read(2), pipe(7); ReadFile.
    [[nodiscard]] result<std::size_t> read_some(std::span<std::byte> into, const wait_limit& limit = {});

    /// Fills `into`.
    ///
    /// *Blocks*: until it is full or the stream ends.
    /// *Returns*: the number of bytes; fewer than `into.size()` only at end of stream.
    /// *Errors*: as read_some(); error::transferred bytes are at the front of `into`.
    [[nodiscard]] result<std::size_t> read(std::span<std::byte> into, const wait_limit& limit = {});

    /// Appends all that comes until end of stream.
    ///
    /// *Blocks*: until every write end is closed.
    /// *Returns*: the number of bytes appended.
    /// *Errors*: as read_some(), `message_size` when the stream holds more than `most` bytes (exactly `most` have been
    /// appended, the rest is still in the pipe), `not_enough_memory`. Whatever was read before is in `into`,
    /// error::transferred bytes of it. `timed_out`: the context names the holders of the write end, see holders().
    [[nodiscard]] result<std::size_t> read_to_end(byte_buffer& into, std::size_t most = no_limit,
                                                  const wait_limit& limit = {});
    [[nodiscard]] result<std::size_t> read_to_end(std::vector<std::byte>& into, std::size_t most = no_limit,
                                                  const wait_limit& limit = {});
    [[nodiscard]] result<std::size_t> read_to_end(std::string& into, std::size_t most = no_limit,
                                                  const wait_limit& limit = {});

    /// How many bytes can be read now without waiting. Never blocks. 0 does not tell an empty pipe from an ended one.
    ///
    /// *Errors*: `bad_file_descriptor` (this end is closed).
    /// *Source*: FIONREAD in pipe(7); PeekNamedPipe.
    [[nodiscard]] result<std::size_t> available() const;

    /// Copies what is there to `into` without consuming it. Never blocks.
    ///
    /// *Returns*: the number of bytes; 0 when there is nothing.
    /// *Errors*: `bad_file_descriptor` (this end is closed), `too_many_files_open`, `not_enough_memory`.
    /// *Systems*: on Linux the data passes through a private pipe of the calling thread, made at its first use.
    /// *Source*: tee(2); PeekNamedPipe.
    [[nodiscard]] result<std::size_t> peek(std::span<std::byte> into) const;

    /// A second handle for the same end. The end counts as closed only when both are.
    ///
    /// *Errors*: `bad_file_descriptor` (this end is closed), `too_many_files_open`, `not_enough_memory`.
    /// *Ownership*: each end owns its handle. The second one is private, as those of make_pipe().
    /// *Source*: F_DUPFD_CLOEXEC in fcntl(2); DuplicateHandle.
    [[nodiscard]] result<pipe_reader> duplicate() const;

private:
    using pipe_end::pipe_end;
    friend class detail::access;
};

/// The write end of a pipe.
class pipe_writer : public detail::pipe_end {
public:
    pipe_writer() noexcept = default;

    /// Takes over the write end of an existing pipe, such as one inherited as standard output. See
    /// pipe_reader::adopt().
    [[nodiscard]] static result<pipe_writer> adopt(unique_handle&& handle);

    /// Writes all of `bytes`.
    ///
    /// *Blocks*: while the pipe is full and somebody holds the read end.
    /// *Returns*: when every byte is in the pipe. For no bytes: at once, nothing is written, nobody is woken.
    /// *Errors*: `broken_pipe` when every read end is closed (no signal is raised and none is left pending),
    /// `timed_out`, `operation_canceled`, `bad_file_descriptor`, `too_many_files_open`, `not_enough_memory` (for what a
    /// thread makes at its first wait and keeps), `resource_deadlock_would_occur` (see detect_deadlock()).
    /// error::transferred bytes went into the pipe.
    /// *Threads*: writes of up to 4096 bytes are never mixed with those of other writers; longer ones may be.
    /// *Systems*: when the readers go away during a call, Windows does not tell how many bytes of the interrupted piece
    /// they took; they count as not transferred.
    /// *Source*: write(2), pipe(7), RWF_NOSIGNAL in pwritev2(2); WriteFile.
    [[nodiscard]] result<void> write(const_buffer bytes, const wait_limit& limit = {});
    [[nodiscard]] result<void> write(std::string_view text, const wait_limit& limit = {});

    /// Writes at least one byte of `bytes`, as many as fit now. Otherwise as write().
    ///
    /// *Returns*: the number of bytes written; 0 only for no bytes.
    [[nodiscard]] result<std::size_t> write_some(const_buffer bytes, const wait_limit& limit = {});

    /// Writes all pieces, one after the other, as write() would their concatenation.
    ///
    /// *Systems*: one system call on Linux as long as it fits; one per piece on Windows.
    /// *Source*: writev(2).
    [[nodiscard]] result<void> write_gather(std::span<const const_buffer> pieces, const wait_limit& limit = {});

    /// Whether a write that waits looks if it waits for ever: everybody who could read its bytes waits in a write
    /// himself, for room in a pipe that in the end only this process could read. Then it fails with
    /// `resource_deadlock_would_occur`; the context names who waits, error::transferred bytes went into the pipe, and
    /// once the other pipe has been read the rest can be written. To ask for it is to promise that no other thread of
    /// this process reads from such a pipe while a write on this end waits.
    ///
    /// child::in does so by itself where `out` or `err` is a pipe too, as long as this process has one thread: there
    /// is nothing to promise then.
    /// *Threads*: any.
    /// *Systems*: Linux: the first look comes when a write has waited for 100 ms, the next ones after twice the time
    /// each. Where not every process that could hold an end can be looked into, nothing is reported. Not seen are ends
    /// under way through a socket, and signals that will wake a waiting process. Windows does not tell what the threads
    /// of another process wait for: there, nothing is ever reported. Use deadlines, or run().
    /// *Source*: /proc/pid/syscall, /proc/pid/stat and /proc/pid/fd in proc(5).
    void detect_deadlock(bool wanted = true) noexcept;

    /// A second handle for the same end. Readers see end of stream only when both are closed. Otherwise as
    /// pipe_reader::duplicate().
    [[nodiscard]] result<pipe_writer> duplicate() const;

private:
    using pipe_end::pipe_end;
    friend class detail::access;
};

/// What make_pipe() may be told.
struct pipe_options {
    /// Bytes the pipe shall hold. 0: the system's choice (64 KiB on Linux, 64 KiB here on Windows). A wish: see
    /// detail::pipe_end::capacity() for what was granted.
    std::size_t capacity = 0;
};

/// Both ends of a new pipe.
struct pipe_ends {
    pipe_reader reader; ///< what is written comes out here
    pipe_writer writer; ///< what is read goes in here
};

/// Takes over our own standard input, or standard output, as an end: how a worker reaches the pipes its parent gave it.
///
/// *Errors*: `invalid_argument` if it is not a pipe (a terminal or a file), `bad_file_descriptor` if it is closed; then
/// nothing has changed.
/// *Ownership*: the standard stream itself becomes the null device, so that nobody else in this process reads or writes
/// the same pipe, and closing the end tells the other side. Flush what stdio or iostreams hold before.
/// *Threads*: like an assignment to the process's standard streams: not while others use them.
/// *Example*: examples/parent_worker.cpp
/// *Source*: dup3(2), F_DUPFD_CLOEXEC in fcntl(2); GetStdHandle, SetStdHandle.
[[nodiscard]] result<pipe_reader> take_stdin();
[[nodiscard]] result<pipe_writer> take_stdout();

/// Makes an anonymous pipe. Neither end is inheritable: a child gets an end only when it is named in its command.
///
/// *Errors*: `too_many_files_open`, `not_enough_memory`, `invalid_argument` for a capacity no pipe can have. On failure
/// nothing is left open. A capacity above the user's quota (on Linux `pipe-max-size` and `pipe-user-pages-soft`) is no
/// error: the pipe is made with less.
/// *Systems*: on Linux the ends never take the numbers 0, 1 and 2, even when these are free.
/// *Example*: examples/classic.cpp
/// *Source*: pipe2(2), F_SETPIPE_SZ in fcntl(2); CreatePipe.
[[nodiscard]] result<pipe_ends> make_pipe(const pipe_options& options = {});

} // namespace windpipe

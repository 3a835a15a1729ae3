// ring.hpp - a pipe in shared memory: make_ring, ring_reader, ring_writer.
//
// The verbs, the errors and the waiting are those of pipe.hpp; the bytes go through memory that both processes see, so
// that a call that need not wait makes no system call. Hazards first. Both sides must use windpipe: a ring is no
// standard stream of just any program. A peer can change bytes that you look at in place. One process writes and one
// reads at a time, unless the ring is made for several: see ring_mode. docs/ring.md tells when a pipe is better.
#pragma once

#include <windpipe/bytes.hpp>
#include <windpipe/error.hpp>
#include <windpipe/handle.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe {

/// What an end of a ring consists of, for calls that windpipe does not have. All of them belong together.
struct ring_handles {
    unique_handle woken_by; ///< the read end of a pipe: what the end waits for; it ends when the other side has gone
    unique_handle wakes;    ///< the write end of another one: how the other side is woken, and knows that we are there
    unique_handle memory;   ///< the shared memory
    unique_handle turns = {}; ///< of ring_mode::shared: where the processes at this side wait for each other
    bool writes = false;      ///< they are of a write end

    /// The first one, which is also ring_reader::native_handle().
    [[nodiscard]] windpipe::native_handle get() const noexcept { return woken_by.get(); }
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(woken_by); }
    /// Closes all of them.
    void reset() noexcept { *this = {}; }
};

namespace detail {
class ring_state;
class ring_access;

/// The part that both ends share: as detail::pipe_end.
///
/// *Threads*: any number of threads may call the I/O members, duplicate() and close() of one end at the same time.
/// Moving, assigning and destroying an end are for one thread, when no other uses it.
/// *Systems*: in a child made by fork(2) without exec, every call fails with `operation_not_permitted`: the parent and
/// the child would read, or write, the same bytes. As with a pipe, the copies keep the ring open while the child lives.
class ring_end {
public:
    ring_end() noexcept;
    ring_end(ring_end&& other) noexcept;
    ring_end& operator=(ring_end&& other) noexcept;
    ~ring_end();

    /// As those of detail::pipe_end.
    [[nodiscard]] bool is_open() const noexcept;
    [[nodiscard]] explicit operator bool() const noexcept { return is_open(); }
    void close() noexcept;

    /// What an event loop can wait for, still owned by this end; `no_handle` when closed. It is ready for reading
    /// (poll, epoll, select) when a call that failed with `timed_out` could be made again, and at first. Nothing must
    /// be read from it: a read or write with a deadline that has passed, `{.until = 0s}`, does that. With
    /// ring_mode::shared it tells nothing: one process learns of what is meant for another.
    [[nodiscard]] windpipe::native_handle native_handle() const noexcept;

    /// Gives the native handles away and leaves this end closed. Calls in flight are treated as by close().
    ///
    /// *Errors*: none; of a closed end, handles that own nothing.
    /// *Ownership*: the caller's from now on. Only one process and, in it, one end may use them: see adopt(). So close
    /// the duplicates of this end before, unless the ring is of ring_mode::shared.
    [[nodiscard]] ring_handles release() noexcept;

    /// How many bytes the ring holds before a write waits.
    ///
    /// *Errors*: `bad_file_descriptor` (this end is closed).
    [[nodiscard]] result<std::size_t> capacity() const;

    /// As those of detail::pipe_end.
    result<void> enable_counters() noexcept;
    [[nodiscard]] end_counters counters() const noexcept;

protected:
    explicit ring_end(std::unique_ptr<ring_state> state) noexcept;
    std::unique_ptr<ring_state> state_;
    friend class ring_access;
};
} // namespace detail

/// The read end of a ring.
///
/// A call fails with `protocol_error` when the shared memory says what cannot be: the other process has damaged it.
/// Then nothing that comes from this ring can be trusted; close it. In a process that may not call membarrier(2), a
/// call fails with `operation_not_supported` where another process has used the same end with it: the first one, or of
/// ring_mode::shared one that has to wait.
class ring_reader : public detail::ring_end {
public:
    ring_reader() noexcept = default;

    /// Takes over what release() gave away, in this process or another one.
    ///
    /// *Errors*: `invalid_argument` if that is no end of a ring or the other end, `bad_file_descriptor` if it is not
    /// open, `protocol_error`, `not_enough_memory`.
    /// *Ownership*: on failure `handles` are untouched and still yours.
    [[nodiscard]] static result<ring_reader> adopt(ring_handles&& handles);

    /// As those of pipe_reader, with the same errors and `protocol_error`. One with room for 4096 bytes or more, and
    /// peek() in place, that finds less than 64 KiB may leave it for some microseconds, in a long stream for up to
    /// some hundred, as long as much comes meanwhile.
    [[nodiscard]] result<std::size_t> read_some(std::span<std::byte> into, const wait_limit& limit = {});
    [[nodiscard]] result<std::size_t> read(std::span<std::byte> into, const wait_limit& limit = {}); ///< as above
    [[nodiscard]] result<std::size_t> read_to_end(byte_buffer& into, std::size_t most = no_limit,
                                                  const wait_limit& limit = {}); ///< as above
    [[nodiscard]] result<std::size_t> read_to_end(std::vector<std::byte>& into, std::size_t most = no_limit,
                                                  const wait_limit& limit = {});
    [[nodiscard]] result<std::size_t> read_to_end(std::string& into, std::size_t most = no_limit,
                                                  const wait_limit& limit = {});
    [[nodiscard]] result<std::size_t> available() const;                     ///< as above
    [[nodiscard]] result<std::size_t> peek(std::span<std::byte> into) const; ///< as above

    /// What is there, in place: at least `at_least` bytes in a row, as many as there are. They stay in the ring until
    /// consume() takes them.
    ///
    /// *Blocks*: until there are `at_least` bytes or the stream ends.
    /// *Returns*: the bytes; fewer than `at_least`, or none, only at end of stream.
    /// *Errors*: as read_some(); `invalid_argument` for 0 bytes or more than the ring holds; `operation_not_supported`
    /// of ring_mode::shared.
    /// *Ownership*: good until consume(), the next read, or close(). The writing process could change them: what must
    /// not change between two looks has to be copied first.
    /// *Threads*: only one thread may read from the ring from here to consume().
    /// *Example*: examples/ring_frames.cpp
    [[nodiscard]] result<std::span<const std::byte>> peek(std::size_t at_least, const wait_limit& limit = {});

    /// Takes the first `count` of the bytes that are there out of the ring. Never blocks.
    ///
    /// *Errors*: `invalid_argument` when peek() has not shown so many; nothing is taken.
    result<void> consume(std::size_t count);

    /// A second end for the same side, in this process: the two share what they know of the ring, and a lock. The end
    /// counts as closed only when both are, and neither can be given or offered to another process before the other is
    /// closed: that fails with `device_or_resource_busy`, unless the ring is of ring_mode::shared.
    ///
    /// *Errors*: `bad_file_descriptor` (this end is closed), `too_many_files_open`, `not_enough_memory`.
    [[nodiscard]] result<ring_reader> duplicate() const;

private:
    using ring_end::ring_end;
    friend class detail::ring_access;
};

/// The write end of a ring.
class ring_writer : public detail::ring_end {
public:
    ring_writer() noexcept = default;

    /// See ring_reader::adopt().
    [[nodiscard]] static result<ring_writer> adopt(ring_handles&& handles);

    /// As those of pipe_writer, with the same errors and `protocol_error`.
    ///
    /// That a reader was *killed* while it did not sleep for want of data, a write notices at once when the ring is
    /// full, else within 128 writes or 128 KiB after it has read for the last time, or 1,024 writes or 1 MiB where it
    /// has often read nothing for so many: a look at it is a system call. A reader that closes its end, or is killed in
    /// its sleep, is noticed by the next write.
    /// *Threads*: writes of up to 4096 bytes are never mixed with those of other writers; longer ones may be, but not
    /// with ring_mode::shared.
    [[nodiscard]] result<void> write(const_buffer bytes, const wait_limit& limit = {});
    [[nodiscard]] result<void> write(std::string_view text, const wait_limit& limit = {});          /// as above
    [[nodiscard]] result<std::size_t> write_some(const_buffer bytes, const wait_limit& limit = {}); /// as above
    [[nodiscard]] result<void> write_gather(std::span<const const_buffer> pieces, const wait_limit& limit = {});

    /// Room in the ring to make up bytes in place: at least `at_least` in a row, as many as are free. Nobody sees them
    /// before commit().
    ///
    /// *Blocks*: until there is so much room.
    /// *Errors*: as write(); `invalid_argument` for 0 bytes or more than the ring holds; `operation_not_supported` of
    /// ring_mode::shared.
    /// *Ownership*: good until commit(), the next write, or close(). What it holds at first is old. The reading process
    /// could change it: write what you know, do not read it back.
    /// *Threads*: only one thread may write to the ring from here to commit().
    /// *Example*: examples/ring_frames.cpp
    [[nodiscard]] result<std::span<std::byte>> reserve(std::size_t at_least, const wait_limit& limit = {});

    /// Lets the first `count` bytes of the room that reserve() has given follow what was written before. Never blocks.
    ///
    /// *Errors*: `invalid_argument` when no reservation has so many; nothing is written. `broken_pipe`.
    result<void> commit(std::size_t count);

    /// See ring_reader::duplicate().
    [[nodiscard]] result<ring_writer> duplicate() const;

private:
    using ring_end::ring_end;
    friend class detail::ring_access;
};

/// Who may use an end at the same time.
enum class ring_mode {
    /// One process for each side: any number of threads and duplicates in it. Calls need no lock between processes.
    exclusive,
    /// Any number of processes for each side, and of threads in them. A call has its side to itself from beginning to
    /// end, also while it waits: a write of any size is whole, unless it fails or its process is killed, when of more
    /// than 4096 bytes a part may have gone. Other calls wait for it as long as they may; one that must not wait fails
    /// with `timed_out`, and available() and peek() find nothing. Who is killed in a call, or ends, lets go of the
    /// side. Not in place and not in loops. On Windows each call takes a mutex of the system.
    shared,
};

/// What make_ring() may be told.
struct ring_options {
    /// Bytes the ring shall hold: rounded up to a power of two, at least 64 KiB. 0: 1 MiB. Memory is taken when it is
    /// first used. A stream between two processors is fastest through several times what the second cache of a
    /// processor holds, 8 MiB for most: docs/performance.md tells the measurements.
    std::size_t capacity = 0;
    ring_mode mode = ring_mode::exclusive; ///< who may use an end at the same time
};

/// Both ends of a new ring.
struct ring_ends {
    ring_reader reader; ///< what is written comes out here
    ring_writer writer; ///< what is read goes in here
};

/// Makes a ring. Nothing of it is inheritable: a child gets an end only when it is named in its command.
///
/// *Errors*: `too_many_files_open`, `not_enough_memory`, `invalid_argument` for more than 2 GiB. On failure nothing is
/// left open.
/// *Systems*: on Linux 6 descriptors, none of them 0, 1 or 2, and 4 more for ring_mode::shared, which needs /proc; on
/// Windows as many handles, and 2 more.
/// *Example*: examples/ring_frames.cpp, examples/ring_requests.cpp
/// *Source*: memfd_create(2), F_SEAL_SHRINK and F_OFD_SETLK in fcntl(2), mmap(2); CreateFileMappingW, MapViewOfFile3,
/// CreateMutexW.
[[nodiscard]] result<ring_ends> make_ring(const ring_options& options = {});

} // namespace windpipe

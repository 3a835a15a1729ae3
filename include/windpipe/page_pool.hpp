// page_pool.hpp - sends pages without copying them, to a reader that is known to copy.
//
// Hazard first. The pipe does not hold the bytes but refers to the memory they are in, until the reader has *read*
// them. That memory is written again afterwards. A reader that moves bytes on without reading them (transfer() and
// tee() here, splice(2), tee(2) and sendfile(2) elsewhere) makes another pipe, file or socket refer to it: there the
// bytes change. Send pages only to a reader of which you know that it copies.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace windpipe {

/// Memory to be filled in place and sent through a pipe, and filled again once it has been read.
///
/// The reader at the other end must copy what it reads: read(2), and pipe_reader::read_some() and all that is built on
/// it, do; but not of a pipe that the reader has opened again by a path, such as /dev/stdin. Otherwise it may see bytes
/// that were written later. Nothing else changes for the reader.
/// *Threads*: one thread at a time.
/// *Systems*: on Windows, and on Linux before 6.4 and for a FIFO, the bytes are copied, as by pipe_writer::write().
/// *Example*: examples/pages.cpp
/// *Source*: vmsplice(2), FIONREAD in pipe(7).
class page_pool {
public:
    /// Makes a pool for a pipe, of twice its capacity: enlarge a pipe first, which is what makes this fast.
    ///
    /// *Errors*: `bad_file_descriptor` (the end is closed), `not_enough_memory`.
    /// *Ownership*: takes the end over; on failure it is untouched and still yours.
    [[nodiscard]] static result<page_pool> make(pipe_writer&& end);

    page_pool(page_pool&& other) noexcept;
    page_pool& operator=(page_pool&& other) noexcept;
    /// Closes the end. What has been sent stays readable.
    ~page_pool();

    /// Memory to be filled, at least one byte of it, at most `most`; the next send() sends the front of it. It lies at
    /// the beginning of a page as long as whole pages are sent. Never blocks.
    ///
    /// What is in it is of no meaning, except what the last send() could not send: that is at the front.
    /// *Errors*: `bad_file_descriptor` (the end is closed), `not_enough_memory`.
    [[nodiscard]] result<std::span<std::byte>> room(std::size_t most = no_limit);

    /// Sends the first `count` bytes of the last room(), which is used up with it.
    ///
    /// *Blocks*: as pipe_writer::write().
    /// *Errors*: those of pipe_writer::write(), `invalid_argument` for more than there was room. error::transferred
    /// bytes went into the pipe; the others are at the front of the next room().
    [[nodiscard]] result<void> send(std::size_t count, const wait_limit& limit = {});

    /// Copies bytes into the pool and sends them. Errors and limits as pipe_writer::write().
    [[nodiscard]] result<void> write(const_buffer bytes, const wait_limit& limit = {});

    /// Whether pages are lent to the pipe; else they are copied into it.
    [[nodiscard]] bool lends() const noexcept;

    /// The end, for what the pool does not do. What is written to it comes behind what was sent.
    [[nodiscard]] pipe_writer& end() noexcept;

private:
    struct state;
    explicit page_pool(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace windpipe

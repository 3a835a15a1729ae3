// io.hpp - more ways to read and write an end.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace windpipe {

/// What bytes are read from: read_some() of it means what pipe_reader::read_some() does.
template <class T>
concept byte_source = requires(T& from, std::span<std::byte> into, const wait_limit& limit) {
    { from.read_some(into, limit) } -> std::same_as<result<std::size_t>>;
};

/// What bytes are written to: write() of it means what pipe_writer::write() does.
template <class T>
concept byte_sink = requires(T& to, const_buffer bytes, const wait_limit& limit) {
    { to.write(bytes, limit) } -> std::same_as<result<void>>;
};

namespace detail {
class write_buffer;
}

/// Gathers small writes in memory and sends them together: a system call for many records instead of one each.
///
/// The buffer is two pages: a larger one is slower, because it is more than the kernel keeps ready for a pipe. It is
/// sent when it is full; when it is tied to a reader and a read there has to wait; when a write finds bytes in it that
/// are older than 100 microseconds; and at once while writes come further apart than that. So a reader that has run dry
/// is not kept waiting as long as the writer goes on. Before the writer turns to something that takes long and is no
/// call of windpipe's, it calls flush().
///
/// *Ownership*: owns its end. Move-only. The destructor flushes, as that of a std::ofstream: call close() to learn
/// whether it worked.
/// *Threads*: one thread at a time, which is also the one that reads from a tied reader.
/// *Example*: examples/records.cpp
class buffered_writer {
public:
    /// Takes the end over; nothing is sent yet.
    explicit buffered_writer(pipe_writer end);
    buffered_writer(buffered_writer&& other) noexcept;
    buffered_writer& operator=(buffered_writer&& other) noexcept;
    /// *Blocks*: as write() of the end, for what is in the buffer.
    ~buffered_writer();

    /// Writes all of `bytes`, now or later.
    ///
    /// *Blocks*: where the buffer must be sent and the pipe is full.
    /// *Errors*: those of pipe_writer::write(), also for bytes written earlier. A record that fits into the buffer is
    /// then not in it and can be written again; of a longer one error::transferred bytes were sent.
    [[nodiscard]] result<void> write(const_buffer bytes, const wait_limit& limit = {});
    [[nodiscard]] result<void> write(std::string_view text, const wait_limit& limit = {});

    /// Sends what is in the buffer.
    ///
    /// *Errors*: those of pipe_writer::write(). What was not sent stays in the buffer; error::transferred bytes were.
    [[nodiscard]] result<void> flush(const wait_limit& limit = {});

    /// Flushes, then closes the end. When flushing fails the end is open still: flush again, or let it go.
    [[nodiscard]] result<void> close(const wait_limit& limit = {});

    /// From now on this buffer is flushed before a read from `reader` waits: for a peer that answers. One buffer a
    /// reader: a later one takes the place of an earlier. An error of such a flush is the error of the read.
    void tie(pipe_reader& reader);

    /// Bytes written and not sent yet.
    [[nodiscard]] std::size_t buffered() const noexcept;
    /// The end itself, e.g. to ask for its capacity. What is written to it passes the buffer by: flush first.
    [[nodiscard]] pipe_writer& end() noexcept;

private:
    std::shared_ptr<detail::write_buffer> state_;
};

} // namespace windpipe

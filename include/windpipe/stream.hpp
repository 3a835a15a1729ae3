// stream.hpp - std::istream and std::ostream over an end: pipe_istream, pipe_ostream; ring_istream, ring_ostream.
//
// For code that wants a standard stream. Everything else is faster, and says more, with the calls of the end itself.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>
#include <windpipe/ring.hpp>

#include <istream>
#include <memory>
#include <optional>
#include <ostream>

namespace windpipe {

namespace detail {
template <class End>
class input_buffer;
template <class End>
class output_buffer;
} // namespace detail

/// A `std::istream` that reads from an end. End of stream sets `eofbit`, as the end of a file does; a failure sets
/// `badbit` alone, and last_error() says what it was. After `clear()` reading goes on behind what the failed call has
/// taken: `std::getline` keeps that in its string, an extraction with `>>` drops it.
///
/// Bytes come as they are: no end of line is converted on any system. One byte at least can be put back.
///
/// With `exceptions(std::ios_base::badbit)` what is thrown is windpipe::failure, with the whole message. Who reads from
/// the stream buffer itself (a `std::istreambuf_iterator`) gets it in any case.
///
/// *Blocks*: as pipe_reader::read_some(), within the limit.
/// *Ownership*: owns its end. Move-only; one that was moved from is bad.
/// *Threads*: as any standard stream: one thread at a time.
/// *Example*: examples/streams.cpp
template <class End>
class end_istream : public std::istream {
public:
    /// Takes the end over. `limit` is for every wait, until another one is set.
    explicit end_istream(End end, const wait_limit& limit = {});
    end_istream(end_istream&& other) noexcept;
    end_istream& operator=(end_istream&& other) noexcept;
    ~end_istream() override;

    /// Another limit for the waits from now on. A deadline is a point in time: give one for each answer.
    void set_limit(const wait_limit& limit);
    /// What the last failure was, also after `clear()`.
    [[nodiscard]] const std::optional<error>& last_error() const noexcept;
    /// The end itself, e.g. to close it. What the stream has read ahead is not in it any more.
    [[nodiscard]] End& end() noexcept;

private:
    std::unique_ptr<detail::input_buffer<End>> buffer_;
};

/// A `std::ostream` that writes to an end, by way of a buffer of two pages. It is sent when it is full, by `flush()`
/// (and `std::endl`), before a stream that is tied to this one reads (`in.tie(&out)`), and by the destructor. A failure
/// sets `badbit`, and last_error() says what it was. After `clear()` the next `flush()` goes on with what was not sent.
///
/// Bytes go as they are: no end of line is converted on any system.
///
/// *Blocks*: as pipe_writer::write(), within the limit.
/// *Ownership*: owns its end. Move-only; one that was moved from is bad.
/// *Threads*: as any standard stream: one thread at a time.
/// *Example*: examples/streams.cpp
template <class End>
class end_ostream : public std::ostream {
public:
    /// Takes the end over. `limit` is for every wait, until another one is set.
    explicit end_ostream(End end, const wait_limit& limit = {});
    end_ostream(end_ostream&& other) noexcept;
    /// What this stream holds is sent first, as by the destructor.
    end_ostream& operator=(end_ostream&& other) noexcept;
    /// Sends what is in the buffer, as that of a `std::ofstream`: call close() to learn whether it worked.
    ~end_ostream() override;

    /// Sends what is in the buffer and closes the end.
    ///
    /// *Blocks*: as write() of the end.
    /// *Errors*: those of pipe_writer::write(). The end is open still: close again, or let it go.
    [[nodiscard]] result<void> close();

    /// Another limit for the waits from now on. A deadline is a point in time: give one for each request.
    void set_limit(const wait_limit& limit);
    /// What the last failure was, also after `clear()`.
    [[nodiscard]] const std::optional<error>& last_error() const noexcept;
    /// The end itself, e.g. to ask for its capacity. What is written to it passes the buffer by: flush first.
    [[nodiscard]] End& end() noexcept;

private:
    std::unique_ptr<detail::output_buffer<End>> buffer_;
};

using pipe_istream = end_istream<pipe_reader>;
using pipe_ostream = end_ostream<pipe_writer>;
using ring_istream = end_istream<ring_reader>;
using ring_ostream = end_ostream<ring_writer>;

} // namespace windpipe

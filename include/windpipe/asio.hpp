// asio.hpp - ends and children in an event loop of Asio. Optional: needs the headers of Asio 1.22 or newer.
//
// Not in windpipe.hpp. With CMake, link windpipe::asio.
#pragma once

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/buffer.hpp>
#include <asio/compose.hpp>
#include <asio/posix/stream_descriptor.hpp>

// What this Asio has, not what system this is: a header has no build that could choose a file for it.
#if defined(ASIO_HAS_POSIX_STREAM_DESCRIPTOR)
#include <windpipe/asio_linux.hpp>
#else
#include <windpipe/asio_windows.hpp>
#endif

#include <cstddef>
#include <memory>
#include <new>
#include <system_error>
#include <type_traits>
#include <utility>

namespace windpipe {

namespace detail {

/// The first buffer with something in it: what one operation takes care of, as is usual for streams of Asio.
template <class Buffer, class Sequence>
Buffer first_buffer(const Sequence& buffers) {
    const auto end = ::asio::buffer_sequence_end(buffers);
    for (auto at = ::asio::buffer_sequence_begin(buffers); at != end; ++at) {
        if (const Buffer one(*at); one.size() > 0) {
            return one;
        }
    }
    return Buffer();
}

/// What the ends have in common.
template <class End>
class asio_stream {
public:
    using executor_type = ::asio::any_io_executor; ///< of every end

    asio_stream(asio_stream&& other) noexcept = default;
    asio_stream& operator=(asio_stream&& other) noexcept {
        if (this != &other) {
            close();
            on_ = std::move(other.on_);
            state_ = std::move(other.state_);
        }
        return *this;
    }
    ~asio_stream() { close(); }

    /// Where its operations complete, unless their handlers say otherwise.
    [[nodiscard]] executor_type get_executor() const noexcept { return on_; }
    /// Whether it has an end: not after close() or a move.
    [[nodiscard]] bool is_open() const noexcept { return state_ != nullptr && state_->is_open(); }
    /// Calls off what is under way, which completes with `operation_aborted`. The end stays open.
    void cancel() {
        if (state_ != nullptr) {
            state_->cancel();
        }
    }
    /// Closes the end. What is under way completes with `operation_aborted`.
    void close() {
        if (state_ != nullptr) {
            state_->close();
        }
    }

protected:
    asio_stream(executor_type on, std::shared_ptr<asio_end<End>> state)
        : on_(std::move(on)), state_(std::move(state)) {}

    /// An object of the class derived.
    template <class Made>
    static result<Made> make(const executor_type& on, End& from) {
        auto state = std::make_shared<asio_end<End>>(on);
        if (auto taken = state->take(from); !taken) {
            return std::unexpected(std::move(taken).error());
        }
        return Made(on, std::move(state));
    }
    /// One operation.
    template <class Buffer, class Token>
    auto transfer(const Buffer& bytes, Token&& token) {
        return ::asio::async_compose<Token, void(std::error_code, std::size_t)>(
            asio_transfer<End, Buffer>(state_, bytes), token, on_);
    }

private:
    executor_type on_;
    std::shared_ptr<asio_end<End>> state_;
};

} // namespace detail

/// A read end for Asio: an AsyncReadStream, for `asio::async_read` and the like, with any completion token.
///
/// Errors are those of Asio: `asio::error::eof` at the end of the stream, `operation_aborted` for what was called off:
/// by cancel(), by close() or by the cancellation slot of one operation. Nothing is lost by that: what was read, is
/// told.
///
/// *Ownership*: move-only; owns the end. What is under way keeps what it needs: the object may be moved or destroyed.
/// *Threads*: as objects of Asio: one at a time, by a strand for example.
/// *Systems*: Linux: any end; nothing is changed that others share (O_NONBLOCK), and it takes a descriptor of its own.
/// Windows: our ends of piped streams alone, which must not have been waited for with a loop of windpipe.
/// *Example*: examples/asio_echo.cpp
/// *Source*: asio::posix::stream_descriptor; asio::windows::stream_handle.
class asio_reader : public detail::asio_stream<pipe_reader> {
public:
    /// Takes over an end. On failure it is untouched.
    ///
    /// *Errors*: `bad_file_descriptor` (the end is closed), `too_many_files_open`, `not_enough_memory`. Windows:
    /// `invalid_argument` for an end that cannot be waited for, see above. Throws what Asio throws when it makes its
    /// objects.
    [[nodiscard]] static result<asio_reader> make(const executor_type& on, pipe_reader&& from) {
        return asio_stream::make<asio_reader>(on, from);
    }

    /// Reads at least one byte to the first buffer that is not empty. Completes with `(error, bytes)`, as
    /// AsyncReadStream asks for.
    template <class Buffers, class Token = ::asio::default_completion_token_t<executor_type>>
    auto async_read_some(const Buffers& into, Token&& token = {}) {
        return transfer(detail::first_buffer<::asio::mutable_buffer>(into), std::forward<Token>(token));
    }

private:
    using asio_stream::asio_stream;
    friend class detail::asio_stream<pipe_reader>;
};

/// A write end for Asio: an AsyncWriteStream, for `asio::async_write` and the like. Otherwise as asio_reader.
///
/// A write without readers completes with `asio::error::broken_pipe`; no signal is raised. Of a write that was called
/// off, the bytes that went into the pipe are told.
class asio_writer : public detail::asio_stream<pipe_writer> {
public:
    /// Takes over an end. On failure it is untouched. Otherwise as asio_reader::make().
    [[nodiscard]] static result<asio_writer> make(const executor_type& on, pipe_writer&& to) {
        return asio_stream::make<asio_writer>(on, to);
    }

    /// Writes at least one byte of the first buffer that is not empty. Completes with `(error, bytes)`, as
    /// AsyncWriteStream asks for.
    template <class Buffers, class Token = ::asio::default_completion_token_t<executor_type>>
    auto async_write_some(const Buffers& from, Token&& token = {}) {
        return transfer(detail::first_buffer<::asio::const_buffer>(from), std::forward<Token>(token));
    }

private:
    using asio_stream::asio_stream;
    friend class detail::asio_stream<pipe_writer>;
};

/// Waits for the end of a child and reaps it, as child::wait(). Completes with `(error, exit_status)`; the status says
/// nothing when there is an error.
///
/// *Errors*: `operation_aborted` when it was called off by its cancellation slot: the child is untouched. Those of
/// make_waitable() and child::wait().
/// *Ownership*: the child must stay where it is until this has completed.
/// *Example*: examples/asio_echo.cpp
/// *Source*: pidfd_open(2); asio::windows::object_handle.
template <class Token = ::asio::default_completion_token_t<::asio::any_io_executor>>
auto async_wait(const ::asio::any_io_executor& on, child& who, Token&& token = {}) {
    return ::asio::async_compose<Token, void(std::error_code, exit_status)>(detail::asio_child_wait(on, who), token,
                                                                            on);
}

} // namespace windpipe

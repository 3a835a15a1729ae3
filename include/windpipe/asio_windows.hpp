// asio_windows.hpp - the part of asio.hpp that only Windows has. Include that one.
#pragma once

#if !defined(_WIN32)
#error "windpipe/asio_windows.hpp holds what only Windows has; include windpipe/asio.hpp"
#endif

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>
#include <windpipe/waitable.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/windows/object_handle.hpp>
#include <asio/windows/stream_handle.hpp>

#include <cstddef>
#include <memory>
#include <system_error>
#include <type_traits>
#include <utility>

namespace windpipe::detail {

/// An end that belongs to Asio. Operations keep it.
template <class End>
struct asio_end {
    explicit asio_end(const ::asio::any_io_executor& on) : handle(on) {}

    /// On failure the end is untouched.
    result<void> take(End& from) {
        std::error_code code;
        if (!from.is_open()) {
            return std::unexpected(
                error{std::make_error_code(std::errc::bad_file_descriptor), "watch", "this end is closed"});
        }
        handle.assign(from.native_handle(), code);
        if (code) { // so says CreateIoCompletionPort
            return std::unexpected(
                error{std::make_error_code(std::errc::invalid_argument), "watch",
                      "only our end of a piped stream can be waited for, and by one event loop alone; "
                      "those of make_pipe() are synchronous"});
        }
        (void)from.release().release();
        return {};
    }
    [[nodiscard]] bool is_open() const { return handle.is_open(); }
    void cancel() {
        std::error_code ignored;
        handle.cancel(ignored);
    }
    void close() {
        std::error_code ignored;
        handle.close(ignored);
    }

    ::asio::windows::stream_handle handle;
};

/// One read or write, and its error as on other systems.
template <class End, class Buffer>
class asio_transfer {
public:
    static constexpr bool reads = std::is_same_v<End, pipe_reader>;

    asio_transfer(std::shared_ptr<asio_end<End>> on, const Buffer& bytes) : on_(std::move(on)), bytes_(bytes) {}

    template <class Self>
    void operator()(Self& self) {
        self.reset_cancellation_state(::asio::enable_total_cancellation());
        begin(self);
    }
    template <class Self>
    void operator()(Self& self, std::error_code code, std::size_t bytes) {
        if (reads && !code && bytes == 0 && bytes_.size() > 0 && on_->is_open()) {
            begin(self); // somebody wrote nothing, which is a message here
            return;
        }
        const bool closed = !on_->is_open();
        on_.reset();
        self.complete(portable(code, closed), bytes);
    }

private:
    template <class Self>
    void begin(Self& self) {
        const auto on = on_; // kept here: the operation moves with what it is given to
        if constexpr (reads) {
            on->handle.async_read_some(::asio::mutable_buffer(bytes_), std::move(self));
        } else {
            on->handle.async_write_some(::asio::const_buffer(bytes_), std::move(self));
        }
    }
    /// `closed`: by us, which also ends what is under way.
    static std::error_code portable(std::error_code code, bool closed) {
        if (code.category() != ::asio::error::get_system_category()) {
            return code;
        }
        switch (code.value()) {
        case ERROR_BROKEN_PIPE:
        case ERROR_PIPE_NOT_CONNECTED:
        case ERROR_NO_DATA: // the other side is closing
            if (closed) {
                return ::asio::error::operation_aborted;
            }
            return reads ? std::error_code(::asio::error::eof) : std::error_code(::asio::error::broken_pipe);
        default:
            return code;
        }
    }

    std::shared_ptr<asio_end<End>> on_;
    Buffer bytes_;
};

/// Waits until a child has ended.
class asio_child_wait {
public:
    asio_child_wait(const ::asio::any_io_executor& on, child& who)
        : who_(&who), ended_(std::make_shared<::asio::windows::object_handle>(on)) {}

    template <class Self>
    void operator()(Self& self, std::error_code code = {}) {
        if (!begun_) {
            begun_ = true;
            self.reset_cancellation_state(::asio::enable_total_cancellation());
            if (auto watched = watch(make_waitable(*who_)); !watched) {
                failed_ = watched.error().code;
                ::asio::post(std::move(self));
                return;
            }
        } else if (failed_ || code) {
            finish(self, failed_ ? failed_ : code, exit_status::exited(0));
            return;
        } else if (auto status = who_->try_wait(); !status || *status) {
            finish(self, status ? std::error_code() : status.error().code, status ? **status : exit_status::exited(0));
            return;
        }
        const auto ended = ended_; // the operation moves with what it is given to
        if (auto slot = ::asio::get_associated_cancellation_slot(self); slot.is_connected()) {
            slot.assign([ended](::asio::cancellation_type) { // object_handle does not ask for it
                std::error_code ignored;
                ended->cancel(ignored);
            });
        }
        ended->async_wait(std::move(self));
    }

private:
    result<void> watch(result<unique_handle> what) {
        if (!what) {
            return std::unexpected(std::move(what).error());
        }
        std::error_code code;
        ended_->assign(what->get(), code);
        if (code) {
            return std::unexpected(error{code, "watch"});
        }
        (void)what->release();
        return {};
    }
    template <class Self>
    void finish(Self& self, std::error_code code, exit_status status) {
        if (auto slot = ::asio::get_associated_cancellation_slot(self); slot.is_connected()) {
            slot.clear();
        }
        self.complete(code, status);
    }

    child* who_;
    std::shared_ptr<::asio::windows::object_handle> ended_;
    std::error_code failed_;
    bool begun_ = false;
};

} // namespace windpipe::detail

// asio_linux.hpp - the part of asio.hpp that only Linux has. Include that one.
#pragma once

#if !defined(__linux__)
#error "windpipe/asio_linux.hpp holds what only Linux has; include windpipe/asio.hpp"
#endif

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>
#include <windpipe/waitable.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/error.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

namespace windpipe::detail {

/// Waited for by Asio in place of an end or a child: Asio makes what it watches non-blocking, which for the end itself
/// would be so for everybody who shares it.
inline result<void> watch(::asio::posix::stream_descriptor& by, result<unique_handle> what) {
    if (!what) {
        return std::unexpected(std::move(what).error());
    }
    std::error_code code;
    by.assign(what->get(), code);
    if (code) {
        return std::unexpected(error{code, "watch"});
    }
    (void)what->release();
    return {};
}

/// The code of an error of windpipe as Asio's users compare it: Asio has a category of its own for the system.
inline std::error_code asio_code(const error& cause) {
    if (cause.code == std::errc::bad_file_descriptor) {
        return ::asio::error::bad_descriptor;
    }
    return cause.code.category() == std::system_category()
               ? std::error_code(cause.code.value(), ::asio::error::get_system_category())
               : cause.code;
}

/// An end and what is waited for in its place. Operations keep it.
template <class End>
struct asio_end {
    explicit asio_end(const ::asio::any_io_executor& on) : ready(on) {}

    /// On failure the end is untouched.
    result<void> take(End& from) {
        auto watched = watch(ready, make_waitable(from));
        if (watched) {
            end = std::move(from);
        }
        return watched;
    }
    [[nodiscard]] bool is_open() const { return end.is_open(); }
    void cancel() {
        std::error_code ignored;
        ready.cancel(ignored);
    }
    void close() {
        std::error_code ignored;
        ready.close(ignored);
        end.close();
    }

    End end;
    ::asio::posix::stream_descriptor ready; // goes before the end
};

/// What one attempt came to: nothing, while it would have to wait.
struct asio_outcome {
    std::error_code code;
    std::size_t bytes = 0;
};

inline std::optional<asio_outcome> outcome_of(const result<std::size_t>& tried) {
    if (tried) {
        return asio_outcome{{}, *tried};
    }
    return tried.error().code == std::errc::timed_out ? std::nullopt
                                                      : std::optional(asio_outcome{asio_code(tried.error())});
}

inline const wait_limit& without_waiting() {
    static const wait_limit now{.until = deadline::clock::time_point{}};
    return now;
}

inline std::optional<asio_outcome> attempt(pipe_reader& from, const ::asio::mutable_buffer& into) {
    auto tried =
        outcome_of(from.read_some(std::span(static_cast<std::byte*>(into.data()), into.size()), without_waiting()));
    if (tried && !tried->code && tried->bytes == 0 && into.size() > 0) {
        tried->code = ::asio::error::eof;
    }
    return tried;
}

inline std::optional<asio_outcome> attempt(pipe_writer& to, const ::asio::const_buffer& from) {
    return outcome_of(
        to.write_some(std::span(static_cast<const std::byte*>(from.data()), from.size()), without_waiting()));
}

/// Tries, waits until it may try again, and so on. Never completes within the call that began it.
template <class End, class Buffer>
class asio_transfer {
public:
    asio_transfer(std::shared_ptr<asio_end<End>> on, const Buffer& bytes) : on_(std::move(on)), bytes_(bytes) {}

    template <class Self>
    void operator()(Self& self, std::error_code code = {}) {
        const bool begins = !begun_;
        if (begins) {
            begun_ = true;
            self.reset_cancellation_state(::asio::enable_total_cancellation());
        }
        if (!done_ && code) {
            done_ = asio_outcome{code};
        } else if (!done_ && !begins && !on_->is_open()) {
            done_ = asio_outcome{::asio::error::operation_aborted}; // closed while we waited
        } else if (!done_) {
            done_ = attempt(on_->end, bytes_);
        } else {
            on_.reset();
            self.complete(done_->code, done_->bytes);
            return;
        }
        if (!done_) {
            // Kept here: the operation moves with what it is given to.
            const auto on = on_;
            on->ready.async_wait(::asio::posix::stream_descriptor::wait_read, std::move(self));
        } else if (begins) {
            ::asio::post(std::move(self));
        } else {
            on_.reset();
            self.complete(done_->code, done_->bytes);
        }
    }

private:
    std::shared_ptr<asio_end<End>> on_;
    Buffer bytes_;
    std::optional<asio_outcome> done_;
    bool begun_ = false;
};

/// Waits until a child has ended.
class asio_child_wait {
public:
    asio_child_wait(const ::asio::any_io_executor& on, child& who)
        : who_(&who), ended_(std::make_unique<::asio::posix::stream_descriptor>(on)) {}

    template <class Self>
    void operator()(Self& self, std::error_code code = {}) {
        if (!begun_) {
            begun_ = true;
            self.reset_cancellation_state(::asio::enable_total_cancellation());
            if (auto watched = watch(*ended_, make_waitable(*who_)); !watched) {
                failed_ = watched.error().code;
                ::asio::post(std::move(self));
                return;
            }
        } else if (failed_ || code) {
            self.complete(failed_ ? failed_ : code, exit_status::exited(0));
            return;
        } else if (auto status = who_->try_wait(); !status || *status) {
            self.complete(status ? std::error_code() : status.error().code, status ? **status : exit_status::exited(0));
            return;
        }
        auto& ended = *ended_; // the operation moves with what it is given to
        ended.async_wait(::asio::posix::stream_descriptor::wait_read, std::move(self));
    }

private:
    child* who_;
    std::unique_ptr<::asio::posix::stream_descriptor> ended_;
    std::error_code failed_;
    bool begun_ = false;
};

} // namespace windpipe::detail

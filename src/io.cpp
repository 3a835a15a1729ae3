#include "access.hpp"
#include "write_buffer.hpp"

#include <windpipe/io.hpp>

#include <algorithm>

namespace windpipe {

namespace detail {

namespace {

/// How long bytes may lie in a buffer while its owner goes on writing.
constexpr auto too_old = std::chrono::microseconds(100);
/// The clock costs more than a small record: it is asked once for so many bytes.
constexpr std::size_t bytes_between_looks = 1024;

} // namespace

result<void> write_buffer::flush(const wait_limit& limit) {
    const const_buffer rest = std::span(bytes_).subspan(first_, size());
    if (rest.empty()) {
        return {};
    }
    auto sent = end_.write(rest, limit);
    if (!sent) {
        first_ += sent.error().transferred;
        return sent;
    }
    first_ = last_ = 0;
    sent_ = clock::now();
    return {};
}

/// Whether what is in the buffer has to go before `more` bytes come.
bool write_buffer::is_due(std::size_t more) noexcept {
    if (more > bytes_.size() - last_) {
        return true;
    }
    if (last_ < look_again_) {
        return false;
    }
    look_again_ = last_ + bytes_between_looks;
    return clock::now() - since_ >= too_old;
}

result<void> write_buffer::write(const_buffer bytes, const wait_limit& limit) {
    if (last_ > 0 && is_due(bytes.size())) {
        if (auto sent = flush(limit); !sent) {
            sent.error().transferred = 0; // of these bytes
            return sent;
        }
    }
    if (last_ == 0) {
        since_ = clock::now();
        look_again_ = bytes_between_looks;
        if (bytes.size() >= bytes_.size() || since_ - sent_ >= too_old) {
            auto written = end_.write(bytes, limit);
            sent_ = clock::now();
            return written;
        }
    }
    std::ranges::copy(bytes, bytes_.begin() + static_cast<std::ptrdiff_t>(last_));
    last_ += bytes.size();
    return {};
}

} // namespace detail

namespace {

error no_end(std::string_view operation) {
    return {std::make_error_code(std::errc::bad_file_descriptor), operation, "this writer was moved from"};
}

} // namespace

buffered_writer::buffered_writer(pipe_writer end) : state_(std::make_shared<detail::write_buffer>(std::move(end))) {}
buffered_writer::buffered_writer(buffered_writer&& other) noexcept = default;

buffered_writer& buffered_writer::operator=(buffered_writer&& other) noexcept {
    if (this != &other) {
        const buffered_writer before(std::move(*this)); // is flushed and closed
        state_ = std::move(other.state_);
    }
    return *this;
}

buffered_writer::~buffered_writer() {
    if (state_ != nullptr) {
        (void)state_->flush({});
        state_->end().close(); // a tied reader may keep the state
    }
}

result<void> buffered_writer::write(const_buffer bytes, const wait_limit& limit) {
    return state_ != nullptr ? state_->write(bytes, limit) : std::unexpected(no_end("write"));
}

result<void> buffered_writer::write(std::string_view text, const wait_limit& limit) {
    return write(std::as_bytes(std::span(text)), limit);
}

result<void> buffered_writer::flush(const wait_limit& limit) {
    return state_ != nullptr ? state_->flush(limit) : std::unexpected(no_end("flush"));
}

result<void> buffered_writer::close(const wait_limit& limit) {
    auto flushed = flush(limit);
    if (flushed) {
        state_->end().close();
    }
    return flushed;
}

void buffered_writer::tie(pipe_reader& reader) {
    if (detail::endpoint* const end = detail::access::endpoint_of(reader); end != nullptr) {
        end->tie(state_);
    }
}

std::size_t buffered_writer::buffered() const noexcept { return state_ != nullptr ? state_->size() : 0; }
pipe_writer& buffered_writer::end() noexcept { return state_->end(); }

} // namespace windpipe

#include <windpipe/stream.hpp>

#include "core/cutting.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <streambuf>
#include <utility>

namespace windpipe {

namespace detail {

/// The end, its limit, and what went wrong with it.
template <class End>
struct stream_state {
    stream_state(End owned, wait_limit first) : end(std::move(owned)), limit(std::move(first)) {}

    End end;
    wait_limit limit;
    std::optional<error> failed;
};

template <class End>
class input_buffer : public std::streambuf {
public:
    input_buffer(End end, const wait_limit& limit) : state(std::move(end), limit) { set_filled(0, {}); }

    stream_state<End> state;

protected:
    /// Throws on a failure, which is how a stream buffer says that it is none of the end: the stream turns it into
    /// `badbit`.
    int_type underflow() override {
        if (gptr() < egptr()) {
            return traits_type::to_int_type(*gptr());
        }
        const std::optional<char> last = gptr() > eback() ? std::optional(gptr()[-1]) : std::nullopt;
        auto came = state.end.read_some(std::as_writable_bytes(std::span(bytes_).subspan(kept)), state.limit);
        if (!came) {
            state.failed = came.error();
            throw failure(came.error());
        }
        if (*came == 0) {
            return traits_type::eof();
        }
        set_filled(*came, last);
        return traits_type::to_int_type(*gptr());
    }

    std::streamsize showmanyc() override { return static_cast<std::streamsize>(state.end.available().value_or(0)); }

private:
    static constexpr std::size_t kept = 1; // the last byte before these, to be put back

    void set_filled(std::size_t n, std::optional<char> last) {
        char* const first = bytes_.data() + kept;
        bytes_[kept - 1] = last.value_or('\0');
        setg(last ? first - 1 : first, first, first + n);
    }

    std::array<char, kept + 64UL * 1024> bytes_; // as much as a pipe of default capacity holds
};

template <class End>
class output_buffer : public std::streambuf {
public:
    output_buffer(End end, const wait_limit& limit) : state(std::move(end), limit) {
        setp(bytes_.data(), bytes_.data() + bytes_.size());
    }

    stream_state<End> state;

    result<void> flush() {
        const std::size_t size = held();
        auto sent = size > 0 ? send({pbase(), size}) : result<void>{};
        const std::size_t gone = sent ? size : sent.error().transferred;
        std::memmove(bytes_.data(), bytes_.data() + gone, size - gone);
        setp(bytes_.data(), bytes_.data() + bytes_.size());
        pbump(static_cast<int>(size - gone));
        return sent;
    }

protected:
    int sync() override { return flush() ? 0 : -1; }

    int_type overflow(int_type next) override {
        if (pptr() == epptr() && !flush() && pptr() == epptr()) {
            return traits_type::eof();
        }
        if (!traits_type::eq_int_type(next, traits_type::eof())) {
            *pptr() = traits_type::to_char_type(next);
            pbump(1);
        }
        return traits_type::not_eof(next);
    }

    /// What fills the buffer by itself passes it by.
    std::streamsize xsputn(const char* text, std::streamsize count) override {
        const std::string_view all(text, static_cast<std::size_t>(count));
        if (all.size() > static_cast<std::size_t>(epptr() - pptr())) {
            if (!flush()) {
                return 0;
            }
            if (all.size() >= bytes_.size()) {
                auto sent = send(all);
                return static_cast<std::streamsize>(sent ? all.size() : sent.error().transferred);
            }
        }
        std::ranges::copy(all, pptr());
        pbump(static_cast<int>(count));
        return count;
    }

private:
    [[nodiscard]] std::size_t held() const { return static_cast<std::size_t>(pptr() - pbase()); }

    result<void> send(std::string_view text) {
        auto sent = state.end.write(text, state.limit);
        if (!sent) {
            state.failed = sent.error();
        }
        return sent;
    }

    std::array<char, cutting::smallest> bytes_;
};

namespace {

const std::optional<error> no_error;

/// Leaves a stream whose buffer has gone to another one: bad, and nothing is thrown for it.
void leave_empty(std::ios& stream) noexcept {
    stream.exceptions(std::ios_base::goodbit);
    stream.rdbuf(nullptr);
}

} // namespace

} // namespace detail

// ---- reading

template <class End>
end_istream<End>::end_istream(End end, const wait_limit& limit)
    : std::istream(nullptr), buffer_(std::make_unique<detail::input_buffer<End>>(std::move(end), limit)) {
    rdbuf(buffer_.get());
}

template <class End>
end_istream<End>::end_istream(end_istream&& other) noexcept
    : std::istream(static_cast<std::istream&&>(other)), buffer_(std::move(other.buffer_)) {
    set_rdbuf(buffer_.get());
    detail::leave_empty(other);
}

template <class End>
end_istream<End>& end_istream<End>::operator=(end_istream&& other) noexcept {
    if (this != &other) {
        std::istream::operator=(static_cast<std::istream&&>(other));
        buffer_ = std::move(other.buffer_);
        set_rdbuf(buffer_.get());
        detail::leave_empty(other);
    }
    return *this;
}

template <class End>
end_istream<End>::~end_istream() = default;

template <class End>
void end_istream<End>::set_limit(const wait_limit& limit) {
    buffer_->state.limit = limit;
}

template <class End>
const std::optional<error>& end_istream<End>::last_error() const noexcept {
    if (buffer_ == nullptr) {
        return detail::no_error;
    }
    return buffer_->state.failed;
}

template <class End>
End& end_istream<End>::end() noexcept {
    return buffer_->state.end;
}

// ---- writing

template <class End>
end_ostream<End>::end_ostream(End end, const wait_limit& limit)
    : std::ostream(nullptr), buffer_(std::make_unique<detail::output_buffer<End>>(std::move(end), limit)) {
    rdbuf(buffer_.get());
}

template <class End>
end_ostream<End>::end_ostream(end_ostream&& other) noexcept
    : std::ostream(static_cast<std::ostream&&>(other)), buffer_(std::move(other.buffer_)) {
    set_rdbuf(buffer_.get());
    detail::leave_empty(other);
}

template <class End>
end_ostream<End>& end_ostream<End>::operator=(end_ostream&& other) noexcept {
    if (this != &other) {
        if (buffer_ != nullptr) {
            (void)buffer_->flush();
        }
        std::ostream::operator=(static_cast<std::ostream&&>(other));
        buffer_ = std::move(other.buffer_);
        set_rdbuf(buffer_.get());
        detail::leave_empty(other);
    }
    return *this;
}

template <class End>
end_ostream<End>::~end_ostream() {
    if (buffer_ != nullptr) {
        (void)buffer_->flush();
    }
}

template <class End>
result<void> end_ostream<End>::close() {
    if (buffer_ == nullptr) {
        return std::unexpected(
            error{std::make_error_code(std::errc::bad_file_descriptor), "close", "this stream was moved from"});
    }
    auto flushed = buffer_->flush();
    if (flushed) {
        buffer_->state.end.close();
    }
    return flushed;
}

template <class End>
void end_ostream<End>::set_limit(const wait_limit& limit) {
    buffer_->state.limit = limit;
}

template <class End>
const std::optional<error>& end_ostream<End>::last_error() const noexcept {
    if (buffer_ == nullptr) {
        return detail::no_error;
    }
    return buffer_->state.failed;
}

template <class End>
End& end_ostream<End>::end() noexcept {
    return buffer_->state.end;
}

template class end_istream<pipe_reader>;
template class end_istream<ring_reader>;
template class end_ostream<pipe_writer>;
template class end_ostream<ring_writer>;

} // namespace windpipe

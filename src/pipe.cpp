#include "access.hpp"
#include "platform/platform.hpp"

#include <windpipe/pipe.hpp>

#include <utility>

namespace windpipe {

using detail::access;
using detail::endpoint;

// ---- what both ends share

namespace detail {

pipe_end::pipe_end() noexcept = default;
pipe_end::pipe_end(std::unique_ptr<endpoint> state) noexcept : state_(std::move(state)) {}
pipe_end::pipe_end(pipe_end&& other) noexcept = default;
pipe_end& pipe_end::operator=(pipe_end&& other) noexcept = default;
pipe_end::~pipe_end() = default;

bool pipe_end::is_open() const noexcept { return state_ != nullptr && !state_->closing(); }

void pipe_end::close() noexcept {
    if (state_ != nullptr) {
        state_->close();
    }
}

native_handle pipe_end::native_handle() const noexcept {
    const endpoint::use call(state_.get());
    return call ? call.handle() : no_handle;
}

unique_handle pipe_end::release() noexcept { return state_ != nullptr ? state_->take() : unique_handle(); }

result<std::size_t> pipe_end::capacity() const {
    const endpoint::use call(state_.get());
    return call ? platform::capacity(call.handle()) : std::unexpected(endpoint::closed_error("capacity"));
}

result<void> pipe_end::enable_counters() noexcept {
    const endpoint::use call(state_.get());
    if (!call) {
        return std::unexpected(endpoint::closed_error("enable counters"));
    }
    if (!state_->begin_counting()) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "enable counters"});
    }
    return {};
}

end_counters pipe_end::counters() const noexcept {
    const counting* const counts = state_ != nullptr ? state_->counts() : nullptr;
    return counts != nullptr ? counts->values() : end_counters{};
}

} // namespace detail

namespace {

template <class End>
result<End> adopt_end(unique_handle&& handle, platform::direction way) {
    if (auto checked = platform::check_end(handle.get(), way); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    return access::make_end<End>(std::move(handle));
}

template <class End>
result<End> take_standard(platform::direction way) {
    auto handle = platform::take_standard(way);
    if (!handle) {
        return std::unexpected(std::move(handle).error());
    }
    return access::make_end<End>(std::move(*handle));
}

template <class End>
result<End> duplicate_end(const End& end) {
    const endpoint::use call(access::endpoint_of(end));
    if (!call) {
        return std::unexpected(endpoint::closed_error("duplicate"));
    }
    auto handle = platform::duplicate(call.handle());
    if (!handle) {
        return std::unexpected(std::move(handle).error());
    }
    return access::make_end<End>(std::move(*handle));
}

} // namespace

// ---- making, taking, copying

result<pipe_reader> pipe_reader::adopt(unique_handle&& handle) {
    return adopt_end<pipe_reader>(std::move(handle), platform::direction::read);
}

result<pipe_writer> pipe_writer::adopt(unique_handle&& handle) {
    return adopt_end<pipe_writer>(std::move(handle), platform::direction::write);
}

result<pipe_reader> pipe_reader::duplicate() const { return duplicate_end(*this); }
result<pipe_writer> pipe_writer::duplicate() const { return duplicate_end(*this); }

result<pipe_ends> make_pipe(const pipe_options& options) {
    auto ends = platform::create_pipe(options.capacity, platform::local_end::none);
    if (!ends) {
        return std::unexpected(std::move(ends).error());
    }
    auto reader = access::make_end<pipe_reader>(std::move(ends->reader));
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    auto writer = access::make_end<pipe_writer>(std::move(ends->writer));
    if (!writer) {
        return std::unexpected(std::move(writer).error());
    }
    return pipe_ends{std::move(*reader), std::move(*writer)};
}

result<pipe_reader> take_stdin() { return take_standard<pipe_reader>(platform::direction::read); }
result<pipe_writer> take_stdout() { return take_standard<pipe_writer>(platform::direction::write); }

} // namespace windpipe

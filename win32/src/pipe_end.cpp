#include "pipe_end.hpp"

#include "last_error.hpp"

#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>

namespace windpipe::win32 {

namespace {

/// Does what it can and waits for nothing.
const wait_limit at_once{.until = deadline(deadline::clock::time_point{}), .stop = {}};

bool would_wait(const error& failure) { return failure.code == std::errc::timed_out; }

/// By what number a failed transfer is known, when it was not called off.
DWORD number_of(const error& failure) {
    return failure.code == std::errc::broken_pipe ? ERROR_BROKEN_PIPE : error_of(failure.code.value());
}

/// Writes what fits, in one call of the kernel: a waiting reader gets all of it at once. pipe_writer::write(), which is
/// quicker for short ones, may cut it into pieces unless it is short enough to be atomic anyway (pipe(7)).
result<void> write_uncut(pipe_writer& end, const_buffer bytes) {
    if (bytes.size() <= PIPE_BUF) [[likely]] {
        return end.write(bytes, at_once);
    }
    auto written = end.write_some(bytes, at_once);
    if (written && *written < bytes.size()) {
        error partly{std::make_error_code(std::errc::timed_out), "write"};
        partly.transferred = *written;
        return std::unexpected(std::move(partly));
    }
    return written ? result<void>{} : std::unexpected(std::move(written).error());
}

/// Writes what fits, in as many calls as it takes: kernels without RWF_NOWAIT for pipes take 64 KiB in one.
std::size_t write_what_fits(pipe_writer& end, const_buffer bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto written = end.write_some(bytes.subspan(done), at_once);
        if (!written) {
            break;
        }
        done += *written;
    }
    return done;
}

} // namespace

// ---- both

pipe_end::pipe_end(kind what, int descriptor, ACCESS_MASK access, std::shared_ptr<shared_page> page) noexcept
    : entry(what, unique_handle(), access), page_(std::move(page)) {
    number_ = descriptor;
}

bool pipe_end::is_nowait() const noexcept {
    const int mode = ::fcntl(descriptor(), F_GETFL);
    return mode != -1 && (mode & O_NONBLOCK) != 0;
}

bool pipe_end::set_nowait(bool wanted) const noexcept {
    const int mode = ::fcntl(descriptor(), F_GETFL);
    return mode != -1 && ::fcntl(descriptor(), F_SETFL, wanted ? mode | O_NONBLOCK : mode & ~O_NONBLOCK) == 0;
}

std::size_t pipe_end::in_pipe() const noexcept {
    int count = 0;
    return ::ioctl(descriptor(), FIONREAD, &count) == 0 ? static_cast<std::size_t>(count) : 0;
}

DWORD pipe_end::size() const noexcept {
    if (page_ == nullptr) {
        return static_cast<DWORD>(::fcntl(descriptor(), F_GETPIPE_SZ));
    }
    return page_->asked() != 0 ? page_->asked() : page_->quota();
}

// ---- reading

read_end::read_end(pipe_reader end, ACCESS_MASK access, std::shared_ptr<shared_page> page) noexcept
    : pipe_end(kind::read_end, end.native_handle(), access, std::move(page)), end_(std::move(end)) {
    if (page_ != nullptr) {
        ++page_->readers_here;
    }
}

read_end::~read_end() {
    if (page_ != nullptr) {
        --page_->readers_here;
    }
}

std::unique_ptr<read_end> read_end::adopt(unique_handle&& descriptor, ACCESS_MASK access,
                                          std::shared_ptr<shared_page> page) {
    auto end = pipe_reader::adopt(std::move(descriptor));
    return end ? std::make_unique<read_end>(std::move(*end), access, std::move(page)) : nullptr;
}

std::unique_ptr<entry> read_end::copy(unique_handle descriptor) const {
    return adopt(std::move(descriptor), access(), page_);
}

DWORD read_end::state() const noexcept {
    pollfd one{descriptor(), POLLIN, 0};
    (void)::poll(&one, 1, 0);
    if ((one.revents & POLLIN) != 0) {
        return 0;
    }
    return (one.revents & POLLHUP) != 0 ? ERROR_BROKEN_PIPE : ERROR_NO_DATA;
}

transfer_outcome read_end::read(void* into, DWORD count) {
    if (is_disconnected()) {
        return {ERROR_PIPE_NOT_CONNECTED, 0};
    }
    if (count == 0) { // waits for data as any read does, and takes none
        return await_data();
    }
    if (into == nullptr) {
        return {ERROR_NOACCESS, 0};
    }
    const std::span<std::byte> buffer(static_cast<std::byte*>(into), count);
    auto outcome = end_.read_some(buffer, at_once);
    if (outcome || !would_wait(outcome.error())) [[likely]] {
        return taken_outcome(outcome, 0);
    }
    if (is_nowait()) {
        return {ERROR_NO_DATA, 0};
    }
    const blocked call(*this);
    outcome = end_.read_some(buffer, {.until = never, .stop = call.token()});
    return taken_outcome(outcome, call.why());
}

transfer_outcome read_end::taken_outcome(const result<std::size_t>& outcome, DWORD why) {
    if (outcome && *outcome > 0) {
        if (page_ != nullptr) {
            page_->took(*outcome);
        }
        return {0, static_cast<DWORD>(*outcome)};
    }
    if (outcome) {
        return {ERROR_BROKEN_PIPE, 0};
    }
    return {why != 0 ? why : number_of(outcome.error()), 0};
}

transfer_outcome read_end::await_data() {
    DWORD found = state();
    if (found != ERROR_NO_DATA || is_nowait()) {
        return {found, 0};
    }
    blocked call(*this);
    for (; found == ERROR_NO_DATA && call.why() == 0; found = state()) {
        (void)call.poll_for(descriptor(), POLLIN);
    }
    return {found == ERROR_NO_DATA ? call.why() : found, 0};
}

// ---- writing

write_end::write_end(pipe_writer end, ACCESS_MASK access, std::shared_ptr<shared_page> page) noexcept
    : pipe_end(kind::write_end, end.native_handle(), access, std::move(page)), end_(std::move(end)) {}

std::unique_ptr<write_end> write_end::adopt(unique_handle&& descriptor, ACCESS_MASK access,
                                            std::shared_ptr<shared_page> page) {
    auto end = pipe_writer::adopt(std::move(descriptor));
    return end ? std::make_unique<write_end>(std::move(*end), access, std::move(page)) : nullptr;
}

std::unique_ptr<entry> write_end::copy(unique_handle descriptor) const {
    return adopt(std::move(descriptor), access(), page_);
}

bool write_end::has_reader() const noexcept {
    pollfd one{descriptor(), 0, 0};
    return ::poll(&one, 1, 0) == 0 || (one.revents & POLLERR) == 0;
}

transfer_outcome write_end::write(const void* bytes, DWORD count) {
    if (is_disconnected()) {
        return {ERROR_PIPE_NOT_CONNECTED, 0};
    }
    if (count == 0) { // puts nothing into the pipe and wakes nobody
        return {has_reader() ? DWORD{NO_ERROR} : DWORD{ERROR_NO_DATA}, 0};
    }
    if (bytes == nullptr) {
        return {ERROR_NOACCESS, 0};
    }
    const const_buffer buffer(static_cast<const std::byte*>(bytes), count);
    if (page_ == nullptr) {
        return write_without_page(buffer);
    }
    if (!page_->try_lock()) {
        if (is_nowait()) { // whoever writes has filled the pipe, or is about to
            return {has_reader() ? DWORD{NO_ERROR} : DWORD{ERROR_NO_DATA}, 0};
        }
        blocked call(*this);
        if (!page_->lock(call)) {
            return {call.why() != 0 ? call.why() : DWORD{ERROR_GEN_FAILURE}, 0};
        }
    }
    const transfer_outcome outcome = write_locked(buffer);
    page_->unlock();
    return outcome;
}

transfer_outcome write_end::write_locked(const_buffer bytes) {
    const auto count = static_cast<DWORD>(bytes.size());
    const bool fits = page_->has_room(count) || in_pipe() + count <= page_->quota();
    if (!fits && is_nowait()) { // all or nothing
        return {has_reader() ? DWORD{NO_ERROR} : DWORD{ERROR_NO_DATA}, 0};
    }
    page_->will_write(count);
    const auto outcome = write_uncut(end_, bytes);
    if (outcome && fits) [[likely]] {
        return {0, count};
    }
    std::size_t done = count;
    if (!outcome) {
        done = outcome.error().transferred;
        if (!would_wait(outcome.error())) {
            page_->did_not_write(count - done);
            const DWORD code = number_of(outcome.error());
            return {code == ERROR_BROKEN_PIPE && done == 0 ? DWORD{ERROR_NO_DATA} : code, 0};
        }
    }
    return write_rest(bytes.subspan(done), count);
}

/// What did not fit at once, or does not by the size of the pipe.
transfer_outcome write_end::write_rest(const_buffer rest, DWORD count) {
    if (!rest.empty() && is_nowait()) {
        rest = rest.subspan(write_what_fits(end_, rest));
        page_->did_not_write(rest.size()); // the kernel has given the pipe less than its size needs
        return {0, static_cast<DWORD>(count - rest.size())};
    }
    return write_waiting(rest, count);
}

/// The part of a write that waits: for the kernel to take the rest, and then for the readers to take all that is more
/// than the size of the pipe.
transfer_outcome write_end::write_waiting(const_buffer rest, DWORD count) {
    blocked call(*this);
    if (!rest.empty()) {
        const auto outcome = end_.write(rest, {.until = never, .stop = call.token()});
        if (!outcome) {
            page_->did_not_write(rest.size() - outcome.error().transferred);
            return {call.why() != 0 ? call.why() : number_of(outcome.error()), 0};
        }
    }
    const DWORD code = await_room(call, page_->quota());
    return {code, code == 0 ? count : 0};
}

/// Waits until there is no more than this in the pipe. A reader of the layer wakes us; that a writer was killed or that
/// a stranger reads is found by looking again. What a stranger leaves in the pipe is nobody's business: where bytes go
/// and nobody counts them, the write is done as any write to a pipe of the kernel.
DWORD write_end::await_room(blocked& call, std::size_t most) {
    constexpr int longest_pause = 16;
    const std::uint64_t counted = page_->taken();
    const std::size_t before = in_pipe();
    int pause = 1;
    int strangers = 0;
    while (in_pipe() > most) {
        const std::uint32_t seen = page_->begin_waiting();
        if (in_pipe() > most && call.why() == 0) {
            page_->await_reader(seen, pause);
            pause = std::min(pause * 2, longest_pause);
        }
        page_->end_waiting();
        if (call.why() != 0) {
            return call.why();
        }
        if (!has_reader() || is_disconnected()) {
            return ERROR_BROKEN_PIPE;
        }
        strangers = in_pipe() < before && page_->taken() == counted ? strangers + 1 : 0;
        if (strangers > 1 && most > 0) {
            return 0;
        }
    }
    return 0;
}

transfer_outcome write_end::write_without_page(const_buffer bytes) {
    const auto count = static_cast<DWORD>(bytes.size());
    auto outcome = write_uncut(end_, bytes);
    if (outcome) {
        return {0, count};
    }
    if (!would_wait(outcome.error())) {
        return {number_of(outcome.error()) == ERROR_BROKEN_PIPE ? DWORD{ERROR_NO_DATA} : number_of(outcome.error()), 0};
    }
    const std::size_t done = outcome.error().transferred;
    if (is_nowait()) {
        return {0, static_cast<DWORD>(done)};
    }
    blocked call(*this);
    outcome = end_.write(bytes.subspan(done), {.until = never, .stop = call.token()});
    if (outcome) {
        return {0, count};
    }
    return {call.why() != 0 ? call.why() : number_of(outcome.error()), 0};
}

DWORD write_end::flush() {
    if (in_pipe() == 0 || !has_reader()) {
        return 0;
    }
    blocked call(*this);
    if (page_ != nullptr) {
        return await_room(call, 0);
    }
    while (in_pipe() > 0 && call.why() == 0) {
        if ((call.poll_for(descriptor(), 0, 1) & POLLERR) != 0) {
            return ERROR_BROKEN_PIPE;
        }
    }
    return call.why();
}

} // namespace windpipe::win32

#include "access.hpp"
#include "loop_state.hpp"
#include "process_state.hpp"
#include "write_buffer.hpp"

#include <windpipe/async.hpp>

namespace windpipe::detail {

bool awaiting::begin(operation& what) noexcept { return what.on->begin(what); }
void awaiting::call_off(operation& what) noexcept { what.on->call_off(what); }

std::unexpected<error> awaiting::failure(std::string_view step) const {
    if (what_.code == std::make_error_code(std::errc::bad_file_descriptor)) {
        return std::unexpected(endpoint::closed_error(step));
    }
    return std::unexpected(error{what_.code, step, {}, what_.bytes});
}

awaiting_read::awaiting_read(loop_state* where, const pipe_reader& from, std::span<std::byte> into,
                             const wait_limit& limit)
    : awaiting(where, operation::kind::read, limit) {
    what_.end = access::endpoint_of(from);
    what_.data = into.data();
    what_.size = into.size();
}

/// A buffer that is tied to the reader is sent as far as its pipe has room: nobody else may be kept waiting for it.
bool awaiting_read::await_ready() noexcept {
    if (what_.end != nullptr && what_.end->tied() != nullptr) {
        (void)what_.end->tied()->flush({.until = deadline::clock::time_point{}});
    }
    return begin(what_);
}

result<std::size_t> awaiting_read::await_resume() const {
    return what_.code ? failure("read") : result<std::size_t>(what_.bytes);
}

awaiting_write::awaiting_write(loop_state* where, const pipe_writer& to, const_buffer bytes, const wait_limit& limit)
    : awaiting(where, operation::kind::write, limit) {
    what_.end = access::endpoint_of(to);
    what_.data = const_cast<std::byte*>(bytes.data()); // only read from
    what_.size = bytes.size();
}

result<void> awaiting_write::await_resume() const { return what_.code ? failure("write") : result<void>(); }

awaiting_end::awaiting_end(loop_state* where, const child& who, const wait_limit& limit)
    : awaiting(where, operation::kind::watch, limit) {
    what_.process = access::find_process(who);
    if (what_.process != nullptr) {
        what_.process->tell(whom_);
    }
}

/// It may have ended already: then there is nothing to wait for.
bool awaiting_end::await_ready() noexcept {
    if (what_.process == nullptr) {
        return true;
    }
    ended_ = what_.process->try_wait();
    return !ended_ || *ended_ || begin(what_);
}

result<exit_status> awaiting_end::await_resume() {
    if (what_.process == nullptr) {
        return std::unexpected(access::no_process("wait"));
    }
    if (ended_ && !*ended_) {
        if (!what_.code && whom_.process == nullptr) { // it ended, and then the child object went
            what_.code = std::make_error_code(std::errc::operation_canceled);
        }
        if (what_.code) {
            return failure("wait");
        }
        ended_ = whom_.process->try_wait();
    }
    if (!ended_) {
        return std::unexpected(ended_.error());
    }
    return *ended_ ? result<exit_status>(**ended_) : whom_.process->wait({});
}

result<void> awaiting_time::await_resume() const { return what_.code ? failure("sleep") : result<void>(); }

} // namespace windpipe::detail

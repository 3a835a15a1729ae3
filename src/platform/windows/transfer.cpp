#include "transfer.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace windpipe::platform {

namespace {

struct request {
    HANDLE end;
    void* into = nullptr;       // what to read to, or
    const void* from = nullptr; // what to write
    DWORD size = 0;
    std::string_view operation;

    BOOL start(OVERLAPPED& how) const noexcept {
        return from != nullptr ? sys::write_file(end, from, size, &how) : sys::read_file(end, into, size, &how);
    }
};

/// Measures a sleep, where the end counts.
class stopwatch {
public:
    explicit stopwatch(const interruption& call, bool runs = true)
        : call_(runs && call.counts() ? &call : nullptr),
          start_(call_ != nullptr ? deadline::clock::now() : deadline::clock::time_point()) {}

    /// Keeps the last error. What took less than `least` was no sleep.
    void stop(deadline::clock::duration least = {}) const noexcept {
        const auto time = call_ != nullptr ? deadline::clock::now() - start_ : deadline::clock::duration();
        if (call_ != nullptr && time >= least) {
            call_->waited(time);
        }
    }

private:
    const interruption* call_;
    deadline::clock::time_point start_;
};

/// Whether a synchronous end has nothing for a reader now, so that one who must not wait need not try.
bool surely_empty(const request& what) noexcept {
    DWORD available = 0;
    return what.from == nullptr && sys::peek_named_pipe(what.end, nullptr, 0, nullptr, &available) && available == 0;
}

/// Whether a transfer on a synchronous end will wait in the system. Of a write that is not sure: the room it is told of
/// may be less than there is.
bool will_wait(const request& what) noexcept {
    if (what.from == nullptr) {
        return surely_empty(what);
    }
    sys::pipe_facts facts{};
    return sys::query_pipe(what.end, &facts) && facts.write_quota_available < what.size;
}

/// Does one transfer on an end of either kind.
///
/// It is given an OVERLAPPED always: a synchronous end does not become asynchronous by that, and an overlapped end
/// needs it. So one system call does, without the question of which kind the end is. That is asked only for a deadline,
/// which on a synchronous end is kept by the thread's timer.
/// Fails with interrupted.why() when that called it off; with `or_woken`, any other wake-up calls it off as well.
result<transferred> perform(const request& what, interruption& interrupted, bool or_woken = false) {
    const auto waker = interrupted.arm();
    if (!waker) {
        return std::unexpected(waker.error());
    }
    thread_context& self = thread_context::of(**waker);
    while (true) {
        const deadline* timer = nullptr;
        if (!interrupted.until().is_never()) {
            const auto synchronous = self.is_synchronous(what.end, what.operation);
            if (!synchronous) {
                return std::unexpected(synchronous.error());
            }
            timer = *synchronous ? &interrupted.until() : nullptr;
        }
        if (timer != nullptr && timer->has_passed() && surely_empty(what)) {
            return std::unexpected(interruption::gave_up(std::errc::timed_out, what.operation));
        }
        OVERLAPPED operation{};
        // The low bit keeps the completion away from a port that the end's owner may have tied it to.
        // Source: GetQueuedCompletionStatus, lpOverlapped.
        operation.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(self.transfer_event()) | 1U);
        const bool waits = interrupted.counts() && will_wait(what);
        self.begin(timer);
        if (interrupted.canceled()) {
            self.end();
            return std::unexpected(interruption::gave_up(std::errc::operation_canceled, what.operation));
        }
        if (or_woken && self.is_woken()) { // before begin(), where nothing would be called off
            self.end();
            self.clear();
            return transferred{ERROR_OPERATION_ABORTED, 0, true};
        }
        const stopwatch sleep(interrupted, waits);
        const DWORD code = what.start(operation) ? ERROR_SUCCESS : ::GetLastError();
        const bool called_off = self.end();
        if (code != ERROR_IO_PENDING) { // that is measured by wait_for()
            constexpr std::chrono::milliseconds surely_slept(1);
            sleep.stop(what.from != nullptr ? surely_slept : deadline::clock::duration());
        }
        if (code == ERROR_IO_PENDING) {
            const auto waited = wait_for(what.end, operation, what.operation, self, interrupted, or_woken);
            if (!waited || !waited->called_off) {
                return waited;
            }
        } else if (code != ERROR_OPERATION_ABORTED || !called_off) {
            return transferred{code, operation.InternalHigh, false};
        }
        if (const auto why = interrupted.why()) {
            return std::unexpected(interruption::gave_up(*why, what.operation));
        }
        self.clear(); // woken for nothing: once more
        if (or_woken) {
            return transferred{ERROR_OPERATION_ABORTED, 0, true};
        }
    }
}

error not_waiting(std::string_view operation) {
    return {std::make_error_code(std::errc::resource_unavailable_try_again), operation,
            "somebody has set this end to PIPE_NOWAIT; see SetNamedPipeHandleState"};
}

} // namespace

transferred outcome_of(HANDLE end, OVERLAPPED& operation) noexcept {
    DWORD bytes = 0;
    const DWORD code = ::GetOverlappedResult(end, &operation, &bytes, FALSE) ? ERROR_SUCCESS : ::GetLastError();
    return {code, bytes, false};
}

transferred call_off(HANDLE end, OVERLAPPED& operation) noexcept {
    ::CancelIoEx(end, &operation); // fails when it is done already
    DWORD bytes = 0;
    const DWORD code = ::GetOverlappedResult(end, &operation, &bytes, TRUE) ? ERROR_SUCCESS : ::GetLastError();
    return {code, bytes, code == ERROR_OPERATION_ABORTED};
}

result<transferred> wait_for(HANDLE end, OVERLAPPED& operation, std::string_view name, thread_context& self,
                             interruption& interrupted, bool or_woken) {
    const std::array<HANDLE, 2> handles{self.transfer_event(), self.its_waker()->handle()};
    while (!interrupted.why()) {
        const stopwatch sleep(interrupted);
        const DWORD woken = sys::wait_for_any(2, handles.data(), milliseconds_until(interrupted.until()));
        sleep.stop();
        if (woken == WAIT_OBJECT_0) {
            return outcome_of(end, operation);
        }
        if (woken == WAIT_OBJECT_0 + 1) {
            self.clear();
            if (or_woken) {
                break;
            }
        } else if (woken != WAIT_TIMEOUT) {
            const DWORD code = ::GetLastError();
            if (const transferred settled = call_off(end, operation); !settled.called_off) {
                return settled;
            }
            return sys::failed(name, code);
        }
    }
    return call_off(end, operation);
}

ULONG quota_of(const sys::pipe_facts& facts, bool of_writer) noexcept {
    const bool of_server = facts.end != 0; // FILE_PIPE_SERVER_END; what is inbound goes to the server
    return of_server == of_writer ? facts.outbound_quota : facts.inbound_quota;
}

std::size_t piece_to_write(HANDLE writer, std::size_t wish) noexcept {
    sys::pipe_facts facts{};
    if (!sys::query_pipe(writer, &facts)) { // a foreign end without FILE_READ_ATTRIBUTES
        return std::min(wish, atomic_size);
    }
    const std::size_t least = std::clamp<std::size_t>(quota_of(facts, true), 1, atomic_size);
    return std::min({wish, std::max<std::size_t>(facts.write_quota_available, least), longest_transfer});
}

result<std::size_t> read_some(native_handle handle, std::span<std::byte> into, interruption& interrupted) {
    const request what{.end = handle,
                       .into = into.data(),
                       .size = static_cast<DWORD>(std::min(into.size(), longest_transfer)),
                       .operation = "read"};
    while (true) {
        const auto done = perform(what, interrupted);
        if (!done) {
            return std::unexpected(done.error());
        }
        switch (done->code) {
        case ERROR_SUCCESS:
        case ERROR_MORE_DATA: // of a message; the next read gives the rest
            if (done->bytes == 0) {
                continue; // an empty message; no end of stream
            }
            return done->bytes;
        case ERROR_BROKEN_PIPE:
            return 0;
        case ERROR_NO_DATA:
            return std::unexpected(not_waiting("read"));
        default:
            return sys::failed("read", done->code);
        }
    }
}

result<bool> wait_readable(native_handle reader, interruption& interrupted) {
    std::byte nothing{};
    const auto done = perform({.end = reader, .into = &nothing, .operation = "read"}, interrupted);
    if (!done) {
        return std::unexpected(done.error());
    }
    if (done->code == ERROR_NO_DATA) {
        return std::unexpected(not_waiting("read"));
    }
    if (done->code != ERROR_SUCCESS && done->code != ERROR_MORE_DATA && done->code != ERROR_BROKEN_PIPE) {
        return sys::failed("read", done->code);
    }
    return done->code != ERROR_BROKEN_PIPE;
}

result<bool> wait_for_ring(native_handle woken_by, interruption& interrupted) {
    if (const auto why = interrupted.why()) {
        return std::unexpected(interruption::gave_up(*why, "wait for ring"));
    }
    std::byte nothing{};
    const auto done = perform({.end = woken_by, .into = &nothing, .operation = "wait for ring"}, interrupted, true);
    if (!done) {
        return std::unexpected(done.error());
    }
    switch (done->code) {
    case ERROR_SUCCESS:
    case ERROR_MORE_DATA:
    case ERROR_BROKEN_PIPE: // the next read of it says so
    case ERROR_OPERATION_ABORTED:
        return false;
    default:
        return sys::failed("wait for ring", done->code);
    }
}

result<std::size_t> write_some(native_handle handle, std::span<const const_buffer> pieces, std::size_t most,
                               bool /*whole*/, interruption& interrupted) {
    const_buffer bytes = pieces.front().first(std::min(pieces.front().size(), most));
    if (bytes.size() > atomic_size) {
        bytes = bytes.first(piece_to_write(handle, bytes.size()));
    }
    const auto done =
        perform({.end = handle, .from = bytes.data(), .size = static_cast<DWORD>(bytes.size()), .operation = "write"},
                interrupted);
    if (!done) {
        return std::unexpected(done.error());
    }
    if (done->code != ERROR_SUCCESS) {
        return sys::failed("write", done->code);
    }
    if (done->bytes == 0) {
        return std::unexpected(not_waiting("write"));
    }
    return done->bytes;
}

// The transfers above are one call each, and need no second way.
std::size_t quick_read(native_handle /*handle*/, std::span<std::byte> /*into*/, bool /*may_wait*/) noexcept {
    return 0;
}
std::size_t quick_write(native_handle /*handle*/, const_buffer /*bytes*/, bool /*may_wait*/) noexcept { return 0; }

bool lends_pages(native_handle /*writer*/) noexcept { return false; }
result<std::size_t> lend_some(native_handle /*handle*/, const_buffer /*bytes*/, interruption& /*interrupted*/) {
    return sys::failed("send", ERROR_NOT_SUPPORTED);
}

std::size_t largest_uncut_write() noexcept { return SIZE_MAX; } // cut by piece_to_write() alone

} // namespace windpipe::platform

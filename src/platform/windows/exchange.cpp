#include "transfer.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <array>

namespace windpipe::platform {

namespace {

enum class kind { none, transfer, watch };

/// One slot. INVARIANT: while `pending`, the system may use `operation` and the caller's memory.
struct slot_state {
    kind what = kind::none;
    bool reads = false;
    bool pending = false;
    HANDLE handle = nullptr; // the end, or the process
    OVERLAPPED operation{};
    unique_handle done_event; // kept for the next operation
    transferred outcome;      // once not pending

    [[nodiscard]] HANDLE signal() const noexcept { return what == kind::watch ? handle : done_event.get(); }

    /// Whether the operation can be started; if not, it is done.
    bool prepare(HANDLE end, bool read) noexcept {
        what = kind::transfer;
        reads = read;
        pending = false;
        handle = end;
        operation = {};
        outcome = {};
        if (!done_event) {
            done_event = sys::create_event();
            if (!done_event) {
                outcome.code = ::GetLastError();
                return false;
            }
        }
        // The low bit keeps the completion away from a port. Source: GetQueuedCompletionStatus, lpOverlapped.
        operation.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(done_event.get()) | 1U);
        return true;
    }
    void started(BOOL at_once) noexcept {
        const DWORD code = at_once ? ERROR_SUCCESS : ::GetLastError();
        pending = code == ERROR_IO_PENDING;
        outcome = {code, operation.InternalHigh, false};
    }
    /// Whether it is done, so that it can be taken. For a transfer, without a system call.
    bool look() noexcept {
        if (what == kind::watch) {
            return sys::wait_for_one(handle, 0) == WAIT_OBJECT_0;
        }
        if (pending && HasOverlappedIoCompleted(&operation)) {
            pending = false;
            outcome = outcome_of(handle, operation);
        }
        return what == kind::transfer && !pending;
    }
    /// The system lets go of the memory.
    void settle() noexcept {
        if (pending) {
            pending = false;
            outcome = call_off(handle, operation);
        }
    }
};

std::error_code code_of(const slot_state& slot) noexcept {
    const DWORD code = slot.outcome.code;
    if (code == ERROR_SUCCESS || (slot.reads && (code == ERROR_BROKEN_PIPE || code == ERROR_MORE_DATA))) {
        return {}; // for a read, a broken pipe is the end of the stream
    }
    return {static_cast<int>(code), native_category()};
}

} // namespace

struct exchange::state {
    std::array<slot_state, slots> under_way;
    std::size_t last = 0; // the slot that was done last: the others are looked at before it

    std::optional<completion> take() noexcept {
        for (std::size_t i = 1; i <= slots; ++i) {
            const std::size_t at = (last + i) % slots;
            slot_state& slot = under_way[at];
            if (slot.what != kind::none && slot.look()) {
                const completion done{at, slot.outcome.bytes, code_of(slot)};
                slot.what = kind::none;
                last = at;
                return done;
            }
        }
        return std::nullopt;
    }
};

exchange::exchange() : state_(std::make_unique<state>()) {}

exchange::~exchange() {
    for (slot_state& slot : state_->under_way) {
        slot.settle();
    }
}

void exchange::read(std::size_t slot, native_handle reader, std::span<std::byte> into) {
    slot_state& mine = state_->under_way[slot];
    if (mine.prepare(reader, true)) {
        const auto size = static_cast<DWORD>(std::min(into.size(), longest_transfer));
        mine.started(sys::read_file(reader, into.data(), size, &mine.operation));
    }
}

// One piece of at most the pipe's quota, so that the number of bytes is exact when it is called off: see
// piece_to_write().
void exchange::write(std::size_t slot, native_handle writer, const_buffer bytes) {
    slot_state& mine = state_->under_way[slot];
    if (mine.prepare(writer, false)) {
        sys::pipe_facts facts{};
        const std::size_t quota = sys::query_pipe(writer, &facts) ? quota_of(facts, true) : 0;
        const auto size = static_cast<DWORD>(std::min(bytes.size(), std::max(quota, atomic_size)));
        mine.started(sys::write_file(writer, bytes.data(), size, &mine.operation));
    }
}

void exchange::watch(std::size_t slot, const process& what) {
    slot_state& mine = state_->under_way[slot];
    mine.what = kind::watch;
    mine.pending = false;
    mine.handle = what.handle.get();
    mine.outcome = {};
}

std::size_t exchange::cancel(std::size_t slot) {
    slot_state& mine = state_->under_way[slot];
    if (mine.what == kind::none) {
        return 0;
    }
    mine.settle();
    mine.what = kind::none;
    return mine.outcome.bytes;
}

result<completion> exchange::next(interruption& interrupted) {
    while (true) {
        if (interrupted.canceled()) {
            return std::unexpected(interruption::gave_up(std::errc::operation_canceled, "exchange"));
        }
        if (const auto done = state_->take()) {
            return *done;
        }
        const auto waker = interrupted.arm();
        if (!waker) {
            return std::unexpected(waker.error());
        }
        if (interrupted.canceled()) {
            continue;
        }
        std::array<HANDLE, slots + 1> signals{(*waker)->handle()};
        DWORD count = 1;
        for (const slot_state& slot : state_->under_way) {
            if (slot.what != kind::none) {
                signals[count++] = slot.signal();
            }
        }
        const DWORD woken = sys::wait_for_any(count, signals.data(), milliseconds_until(interrupted.until()));
        if (woken == WAIT_FAILED) {
            return sys::failed("exchange");
        }
        if (woken == WAIT_OBJECT_0) {
            (*waker)->clear();
        } else if (woken == WAIT_TIMEOUT) {
            // Also when there was no time left the wait was made: in it the system notes what it has completed.
            const auto done = state_->take();
            const auto why = interrupted.why();
            if (done || why) {
                return done ? result<completion>(*done) : std::unexpected(interruption::gave_up(*why, "exchange"));
            }
        }
    }
}

} // namespace windpipe::platform

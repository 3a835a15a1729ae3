#include "transfer.hpp"
#include "waiting.hpp"

#include <algorithm>
#include <array>
#include <vector>

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
    transferred outcome; // once not pending

    void prepare(HANDLE end, bool read, HANDLE event) noexcept {
        what = kind::transfer;
        reads = read;
        pending = false;
        handle = end;
        outcome = {};
        operation = {};
        // The low bit keeps the completion away from a port. Source: GetQueuedCompletionStatus, lpOverlapped.
        operation.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(event) | 1U);
    }
    void started(BOOL at_once) noexcept {
        const DWORD code = at_once ? ERROR_SUCCESS : ::GetLastError();
        pending = code == ERROR_IO_PENDING;
        outcome = {code, operation.InternalHigh, false};
    }
    /// Whether it is a transfer that is done, so that it can be taken. Without a system call.
    bool look() noexcept {
        if (pending && HasOverlappedIoCompleted(&operation)) {
            pending = false;
            outcome = outcome_of(handle, operation);
        }
        return what == kind::transfer && !pending;
    }
    /// Calls it off: after this the system does not touch its memory any more. `event` may be set by others too.
    void settle(HANDLE event) noexcept {
        if (pending) {
            ::CancelIoEx(handle, &operation); // fails when it is done already
            while (!HasOverlappedIoCompleted(&operation)) {
                ::WaitForSingleObject(event, INFINITE);
            }
            pending = false;
            outcome = outcome_of(handle, operation);
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

// All transfers set one event, so that their number has no limit. Another one that is started may reset it: therefore
// all of them are looked at between a start and a wait. Of the processes, the first ones are waited for; the others get
// their turn when one of these has ended.
struct exchange::state {
    explicit state(std::size_t slots) : under_way(slots) {}

    std::vector<slot_state> under_way;
    unique_handle some_done; // kept from the first transfer on
    std::size_t last = 0;    // the slot that was done last: the others are looked at before it
    int streak = 0;          // transfers taken without a look at the processes

    /// A slot whose transfer can be started; nothing: it is done, because the event could not be made.
    slot_state* prepare(std::size_t slot, HANDLE end, bool read);
    completion done(std::size_t slot) noexcept;
    std::optional<completion> take() noexcept;
    result<std::optional<completion>> wait(waker& wakes, DWORD milliseconds) noexcept;
};

slot_state* exchange::state::prepare(std::size_t slot, HANDLE end, bool read) {
    slot_state& mine = under_way[slot];
    if (!some_done) {
        some_done = sys::create_event(sys::reset::by_wait);
    }
    mine.prepare(end, read, some_done.get());
    if (!some_done) {
        mine.outcome.code = ::GetLastError();
        return nullptr;
    }
    return &mine;
}

completion exchange::state::done(std::size_t slot) noexcept {
    under_way[slot].what = kind::none;
    last = slot;
    return {slot, under_way[slot].outcome.bytes, code_of(under_way[slot])};
}

/// A transfer that is done.
std::optional<completion> exchange::state::take() noexcept {
    for (std::size_t i = 1; i <= under_way.size(); ++i) {
        const std::size_t slot = (last + i) % under_way.size();
        if (under_way[slot].look()) {
            ++streak;
            return done(slot);
        }
    }
    return std::nullopt;
}

/// Waits for whatever comes first, and returns it if it is a process.
result<std::optional<completion>> exchange::state::wait(waker& wakes, DWORD milliseconds) noexcept {
    std::array<HANDLE, MAXIMUM_WAIT_OBJECTS> signals{wakes.handle()};
    std::array<std::size_t, MAXIMUM_WAIT_OBJECTS> slot_of{};
    DWORD count = 1;
    for (std::size_t slot = 0; slot < under_way.size() && count < signals.size() - 1; ++slot) {
        if (under_way[slot].what == kind::watch) {
            signals[count] = under_way[slot].handle;
            slot_of[count++] = slot;
        }
    }
    const DWORD processes_end = count;
    if (some_done) {
        signals[count++] = some_done.get(); // the last one: a steady stream hides no process
    }
    streak = 0;
    const DWORD woken = sys::wait_for_any(count, signals.data(), milliseconds);
    if (woken == WAIT_FAILED) {
        return sys::failed("exchange");
    }
    if (woken == WAIT_OBJECT_0) {
        wakes.clear();
    }
    return woken > WAIT_OBJECT_0 && woken < WAIT_OBJECT_0 + processes_end
               ? std::optional(done(slot_of[woken - WAIT_OBJECT_0]))
               : std::nullopt;
}

exchange::exchange(std::size_t slots) : state_(std::make_unique<state>(slots)) {}

exchange::~exchange() {
    for (slot_state& slot : state_->under_way) {
        slot.settle(state_->some_done.get());
    }
}

void exchange::read(std::size_t slot, native_handle reader, std::span<std::byte> into) {
    if (slot_state* mine = state_->prepare(slot, reader, true)) {
        const auto size = static_cast<DWORD>(std::min(into.size(), longest_transfer));
        mine->started(sys::read_file(reader, into.data(), size, &mine->operation));
    }
}

// One piece of at most the pipe's quota, so that the number of bytes is exact when it is called off: see
// piece_to_write().
void exchange::write(std::size_t slot, native_handle writer, const_buffer bytes) {
    if (slot_state* mine = state_->prepare(slot, writer, false)) {
        sys::pipe_facts facts{};
        const std::size_t quota = sys::query_pipe(writer, &facts) ? quota_of(facts, true) : 0;
        const auto size = static_cast<DWORD>(std::min(bytes.size(), std::max(quota, atomic_size)));
        mine->started(sys::write_file(writer, bytes.data(), size, &mine->operation));
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
    mine.settle(state_->some_done.get());
    mine.what = kind::none;
    return mine.outcome.bytes;
}

result<completion> exchange::next(interruption& interrupted) {
    constexpr int longest_streak = 16;
    while (true) {
        if (interrupted.canceled()) {
            return std::unexpected(interruption::gave_up(std::errc::operation_canceled, "exchange"));
        }
        const bool only_look = state_->streak >= longest_streak;
        if (!only_look) {
            if (const auto done = state_->take()) {
                return *done;
            }
        }
        const auto waker = interrupted.arm();
        if (!waker) {
            return std::unexpected(waker.error());
        }
        if (interrupted.canceled()) {
            continue;
        }
        // Also when there is no time left: in its waits the system notes what it has completed.
        const auto ended = state_->wait(**waker, only_look ? 0 : milliseconds_until(interrupted.until()));
        if (!ended) {
            return std::unexpected(ended.error());
        }
        if (*ended) {
            return **ended;
        }
        if (const auto done = state_->take()) {
            return *done;
        }
        if (const auto why = interrupted.why()) {
            return std::unexpected(interruption::gave_up(*why, "exchange"));
        }
    }
}

} // namespace windpipe::platform

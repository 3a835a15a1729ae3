#include "attachment.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace windpipe::platform {

using kind = operation::kind;

namespace {

std::error_code code_of(DWORD code) noexcept { return {static_cast<int>(code), native_category()}; }

/// The rest of a write, or as much of a stream, as one call may move.
DWORD size_of_transfer(HANDLE end, const operation& what) noexcept {
    std::size_t most = longest_transfer;
    if (what.what == kind::write) { // at most the quota: see piece_to_write()
        sys::pipe_facts facts{};
        most = std::max<std::size_t>(sys::query_pipe(end, &facts) ? quota_of(facts, true) : 0, atomic_size);
    }
    return static_cast<DWORD>(std::min({what.size, most, longest_transfer}));
}

/// One blocking transfer, or as many as a write needs. What it moves is counted in the operation.
void transfer(HANDLE end, operation& what, const wait_limit& limit) {
    interruption interrupted(limit);
    if (what.what == kind::readable) {
        if (const auto waited = wait_readable(end, interrupted); !waited) {
            what.code = waited.error().code;
        }
        return;
    }
    do {
        const const_buffer rest(what.data, what.size);
        auto moved = what.what == kind::read ? read_some(end, std::span(what.data, what.size), interrupted)
                                             : write_some(end, std::span(&rest, 1), no_limit, true, interrupted);
        if (!moved) {
            what.code = moved.error().code;
            return;
        }
        what.bytes += *moved;
        what.data += *moved;
        what.size -= *moved;
    } while (what.what == kind::write && what.size > 0);
}

} // namespace

void detach::operator()(attachment* what) const noexcept { delete what; }

std::error_code attachment::prepare(kind use) noexcept {
    if (use == kind::watch) {
        way_ = way::process;
        wait_ = sys::create_wait(has_ended, this);
        return wait_ != nullptr ? std::error_code() : code_of(::GetLastError());
    }
    bool synchronous = false;
    if (!sys::query_synchronous(handle_, &synchronous)) {
        return code_of(::GetLastError());
    }
    if (synchronous) {
        way_ = way::blocking;
        return {};
    }
    if (!sys::tie_to_port(handle_, owner_->port.get())) {
        return code_of(::GetLastError());
    }
    told_at_once_ = ::SetFileCompletionNotificationModes(handle_, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS) != 0;
    return {};
}

attachment::~attachment() {
    while (owner_ != nullptr && !waiting_.empty()) {
        auto& what = static_cast<operation&>(*waiting_.previous); // the last first: none takes off again
        if (cancel(what)) {
            what.code = std::make_error_code(std::errc::operation_canceled);
        }
        what.now = operation::state::done;
        owner_->done.push_back(what);
    }
    if (wait_ != nullptr) {
        ::CloseThreadpoolWait(wait_);
    }
}

void attachment::orphan() noexcept {
    unlink();
    owner_ = nullptr;
}

// ---- taking off: true means that the operation is done and nothing is in flight

bool attachment::begin(operation& what, bool /*try_now*/) noexcept {
    if (waiting_.empty() && launch(what)) {
        return true;
    }
    what.at = this;
    waiting_.push_back(what);
    return false;
}

bool attachment::launch(operation& what) noexcept {
    flight_ = {};
    flight_.whose = this;
    switch (way_) {
    case way::overlapped:
        return launch_overlapped(what);
    case way::blocking:
        return transfer_at_once(what) || launch_blocking(what);
    default:
        return launch_wait();
    }
}

bool attachment::launch_overlapped(operation& what) noexcept {
    while (true) {
        const DWORD size = size_of_transfer(handle_, what);
        std::byte nothing{}; // of a read of no bytes, which is done when there are some
        void* const memory = what.what == kind::readable ? &nothing : what.data;
        const BOOL at_once = what.what == kind::write ? sys::write_file(handle_, memory, size, &flight_)
                                                      : sys::read_file(handle_, memory, size, &flight_);
        const DWORD code = at_once ? ERROR_SUCCESS : ::GetLastError();
        if (code == ERROR_IO_PENDING || code == ERROR_MORE_DATA || (code == ERROR_SUCCESS && !told_at_once_)) {
            flying_ = true;
            return false;
        }
        if (account(what, {code, flight_.InternalHigh, false})) {
            return true;
        }
        flight_ = {};
        flight_.whose = this;
    }
}

/// Whether a transfer is all there is to be done.
bool attachment::account(operation& what, const transferred& moved) noexcept {
    if (moved.code != ERROR_SUCCESS && moved.code != ERROR_MORE_DATA) {
        const bool is_end = what.what != kind::write && moved.code == ERROR_BROKEN_PIPE;
        what.code = is_end ? std::error_code() : code_of(moved.code);
        return true;
    }
    what.bytes += moved.bytes;
    what.data += moved.bytes;
    what.size -= moved.bytes;
    return what.what == kind::read ? moved.bytes > 0 : what.size == 0; // a read of 0 is an empty message
}

/// On a synchronous end: what can be moved without waiting.
bool attachment::transfer_at_once(operation& what) noexcept {
    sys::pipe_facts facts{};
    if (what.what == kind::write && (!sys::query_pipe(handle_, &facts) || facts.write_quota_available < what.size)) {
        return false;
    }
    const std::size_t before = what.bytes;
    const wait_limit at_once{.until = deadline::clock::time_point{}};
    transfer(handle_, what, at_once);
    if (what.code != std::errc::timed_out) {
        return true;
    }
    what.code = {};
    return what.what == kind::read && what.bytes > before;
}

bool attachment::launch_blocking(operation& what) noexcept {
    TP_CALLBACK_ENVIRON* const where = owner_->threads();
    if (where != nullptr) {
        stop_ = std::stop_source();
        what.at = this;
        first_ = &what;
        flying_ = sys::submit_to_pool(transfer_blocking, this, where) != 0;
    }
    if (!flying_) {
        what.code = code_of(::GetLastError());
    }
    return !flying_;
}

bool attachment::launch_wait() noexcept {
    flying_ = true;
    ::SetThreadpoolWait(wait_, handle_, nullptr);
    return false;
}

// ---- landing

void CALLBACK attachment::transfer_blocking(TP_CALLBACK_INSTANCE* /*instance*/, void* self) noexcept {
    auto& mine = *static_cast<attachment*>(self);
    const wait_limit limit{.stop = mine.stop_.get_token()};
    transfer(mine.handle_, *mine.first_, limit);
    mine.post();
}

void CALLBACK attachment::has_ended(TP_CALLBACK_INSTANCE* /*instance*/, void* self, TP_WAIT* /*wait*/,
                                    TP_WAIT_RESULT /*result*/) noexcept {
    auto& mine = *static_cast<attachment*>(self);
    mine.posted_.store(true);
    mine.post();
}

/// The packet of a flight that the system knows nothing of.
void attachment::post() noexcept { ::PostQueuedCompletionStatus(owner_->port.get(), 0, 0, &flight_); }

void attachment::landed() noexcept {
    flying_ = false;
    posted_.store(false);
    if (calling_off_) {
        return;
    }
    auto& what = static_cast<operation&>(*waiting_.next);
    if (way_ != way::overlapped || account(what, outcome_of(handle_, flight_)) || launch(what)) {
        finish(what);
        launch_next();
    }
}

void attachment::finish(operation& what) noexcept {
    what.unlink();
    what.now = operation::state::done;
    owner_->done.push_back(what);
}

void attachment::launch_next() noexcept {
    while (!waiting_.empty() && launch(static_cast<operation&>(*waiting_.next))) {
        finish(static_cast<operation&>(*waiting_.next));
    }
}

// ---- calling off

/// Ends the flight of the first operation. Whether that was done before it could be called off.
bool attachment::call_off() noexcept {
    calling_off_ = true;
    if (way_ == way::overlapped) {
        ::CancelIoEx(handle_, &flight_); // fails when it is done already
    } else if (way_ == way::blocking) {
        stop_.request_stop();
    } else {
        ::SetThreadpoolWait(wait_, nullptr, nullptr);
        ::WaitForThreadpoolWaitCallbacks(wait_, TRUE);
        flying_ = posted_.load();
    }
    const bool lands = flying_;
    while (flying_) {
        (void)owner_->take_packets(INFINITE);
    }
    calling_off_ = false;
    auto& what = static_cast<operation&>(*waiting_.next);
    if (way_ == way::overlapped) {
        const transferred moved = outcome_of(handle_, flight_);
        return moved.code != ERROR_OPERATION_ABORTED && account(what, moved);
    }
    return way_ == way::process ? lands : what.code != std::errc::operation_canceled;
}

bool attachment::cancel(operation& what) noexcept {
    const bool is_first = waiting_.next == &what;
    const bool was_done = is_first && flying_ && call_off();
    what.unlink();
    if (is_first) {
        launch_next();
    }
    return !was_done;
}

} // namespace windpipe::platform

#include "descriptors.hpp"
#include "quiet_write.hpp"
#include "spin.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace windpipe::platform {

namespace {

enum class kind { none, read, write, watch };

struct operation {
    kind what = kind::none;
    int fd = -1;
    std::byte* data = nullptr;
    std::size_t size = 0;
};

/// The child shall read the first bytes while we write the next ones; a larger call would hold the pipe until its end.
constexpr std::size_t largest_write = 64UL * 1024;

/// Tries an operation: whether it is done, and how.
bool attempt(const operation& op, completion& done) {
    ssize_t n = 0;
    if (op.what == kind::read) {
        n = try_read(op.fd, op.data, op.size);
    } else if (op.what == kind::write) {
        const iovec piece{op.data, std::min(op.size, largest_write)};
        n = try_write(op.fd, &piece, 1);
    }
    if (n == -1) {
        if (errno == EAGAIN) {
            return false;
        }
        done.code = {errno, std::system_category()};
        return true;
    }
    done.bytes = static_cast<std::size_t>(n);
    return true;
}

} // namespace

struct exchange::state {
    explicit state(std::size_t slots) : under_way(slots), slot_of(slots), watched(slots + 1) {}

    std::vector<operation> under_way;
    std::vector<std::size_t> slot_of; // of what poll() watched
    std::vector<pollfd> watched;      // those under way, beginning behind the last one; then the waker
    std::size_t last = 0;             // the slot that was done last: most likely the next one too
    std::size_t before = 0;           // the other slot that was done lately: a child between them keeps both going
    int misses = 0;                   // how often in a row it was not ready
    int streak = 0;                   // transfers since the last look at the others
    bool awake = false;               // poll() has seen the waker
    pacing pace;

    [[nodiscard]] bool moves(std::size_t slot) const;
    std::optional<completion> try_slot(std::size_t slot);
    std::optional<completion> try_last();
    std::optional<completion> try_ready(int ready);
    int poll(native_handle waker, const timespec* timeout);
};

/// Whether bytes are to be moved there, and not an end to be watched.
bool exchange::state::moves(std::size_t slot) const {
    return under_way[slot].what == kind::read || under_way[slot].what == kind::write;
}

/// Tries the operation of a slot: nothing if it would have to wait.
std::optional<completion> exchange::state::try_slot(std::size_t slot) {
    completion done;
    if (!attempt(under_way[slot], done)) {
        return std::nullopt;
    }
    under_way[slot] = {};
    ++streak;
    if (slot != last) {
        before = std::exchange(last, slot);
        misses = 0;
    }
    done.slot = slot;
    return done;
}

/// A stream that keeps going costs one system call per transfer, and so do two in turn; now and then the others get a
/// look.
std::optional<completion> exchange::state::try_last() {
    constexpr int longest_streak = 16;
    constexpr int patience = 4;
    if (streak >= longest_streak) {
        return std::nullopt;
    }
    if (before != last && misses < patience && moves(before)) {
        if (auto done = try_slot(before)) {
            return done;
        }
        ++misses;
    }
    return moves(last) ? try_slot(last) : std::nullopt;
}

/// After poll(): the first operation that is ready, beginning behind the last one, so that none starves another.
std::optional<completion> exchange::state::try_ready(int ready) {
    streak = 0;
    for (std::size_t i = 0; ready > 0; ++i) {
        if (watched[i].revents != 0) {
            --ready;
            if (auto done = try_slot(slot_of[i])) {
                return done;
            }
        }
    }
    return std::nullopt;
}

/// How many operations are ready, or -1.
int exchange::state::poll(native_handle waker, const timespec* timeout) {
    std::size_t count = 0;
    for (std::size_t turn = 1; turn <= under_way.size(); ++turn) {
        const std::size_t slot = (last + turn) % under_way.size();
        const operation& op = under_way[slot];
        if (op.what != kind::none) {
            watched[count] = {op.fd, op.what == kind::write ? short{POLLOUT} : short{POLLIN}, 0};
            slot_of[count++] = slot;
        }
    }
    watched[count] = {waker, POLLIN, 0};
    const int ready = sys::ppoll(watched.data(), count + (waker == no_handle ? 0 : 1), timeout);
    awake = ready > 0 && watched[count].revents != 0;
    return ready == -1 && errno == EINTR ? 0 : ready - (awake ? 1 : 0);
}

exchange::exchange(std::size_t slots) : state_(std::make_unique<state>(slots)) {}
exchange::~exchange() = default; // nothing is under way in the kernel between two calls

void exchange::read(std::size_t slot, native_handle reader, std::span<std::byte> into) {
    state_->under_way[slot] = {kind::read, reader, into.data(), into.size()};
}

void exchange::write(std::size_t slot, native_handle writer, const_buffer bytes) {
    // Only read from: iovec serves both directions.
    state_->under_way[slot] = {kind::write, writer, const_cast<std::byte*>(bytes.data()), bytes.size()};
}

void exchange::watch(std::size_t slot, const process& what) {
    state_->under_way[slot] = {kind::watch, what.handle.get(), nullptr, 0};
}

std::size_t exchange::cancel(std::size_t slot) {
    state_->under_way[slot] = {};
    return 0;
}

result<completion> exchange::next(interruption& interrupted) {
    state& now = *state_;
    bool may_spin = now.pace.worth_spinning();
    while (true) {
        const auto why = interrupted.why();
        if (why == std::errc::operation_canceled) {
            return std::unexpected(interruption::gave_up(*why, "exchange"));
        }
        if (auto done = now.try_last()) {
            return *done;
        }
        constexpr timespec at_once{};
        std::optional<completion> done;
        int ready = now.poll(no_handle, &at_once);
        if (ready == -1) {
            return sys::failed("poll");
        }
        if (!(done = now.try_ready(ready)) && !why && std::exchange(may_spin, false)) {
            spin(now.pace, [&](int look) {
                constexpr int looks_at_one = 8;
                done = now.try_last();
                if (!done && look % looks_at_one == 0) {
                    done = now.try_ready(now.poll(no_handle, &at_once));
                }
                return done.has_value();
            });
        }
        if (done) {
            return *done;
        }
        if (why) {
            return std::unexpected(interruption::gave_up(*why, "exchange"));
        }
        auto waker = interrupted.arm();
        if (!waker) {
            return std::unexpected(std::move(waker).error());
        }
        timespec storage{};
        ready =
            interrupted.canceled() ? ready : now.poll((*waker)->handle(), timeout_until(interrupted.until(), storage));
        if (ready == -1) {
            return sys::failed("poll");
        }
        if (std::exchange(now.awake, false)) {
            (*waker)->clear();
        }
        if ((done = now.try_ready(ready))) {
            return *done;
        }
    }
}

} // namespace windpipe::platform

#include "descriptors.hpp"
#include "quiet_write.hpp"

#include "platform/platform.hpp"

#include <array>
#include <new>
#include <span>
#include <utility>

// A read end stays in the epoll set as long as somebody waits for it, level-triggered: an operation that finds it empty
// adds nothing, so a reader that reads on costs one system call a transfer and its share of one wait. With data and
// without anybody to take it, it leaves the set. The others are in it for one event at a time (EPOLLONESHOT), because
// there is always room in a pipe that is not full and an ended process stays ended. Afterwards they stay in the set,
// never reported, until they are closed: to leave it would be one call more for each child.

namespace windpipe::platform {

using detail::link;
using detail::operation;
using kind = operation::kind;

struct reactor::state {
    unique_handle epoll;
    unique_handle waker; // in the set with null
    link done;
    link attachments;
    std::array<epoll_event, 128> events{};
};

/// A descriptor and the operations that wait for it, the first one's turn first.
class attachment : public link {
public:
    attachment(reactor::state& owner, native_handle handle, kind use) noexcept
        : owner_(&owner), fd_(handle), stays_(reads(use)), events_(events_of(use)) {
        owner.attachments.push_back(*this);
    }
    ~attachment();
    attachment(const attachment&) = delete;
    attachment& operator=(const attachment&) = delete;

    bool begin(operation& what, bool try_now) noexcept;
    void happened() noexcept;
    [[nodiscard]] bool belongs_to(const reactor::state& whom) const noexcept { return owner_ == &whom; }
    [[nodiscard]] bool in_use() const noexcept { return !waiting_.empty(); }
    /// The reactor is going.
    void orphan() noexcept;

private:
    static bool reads(kind use) noexcept { return use == kind::read || use == kind::readable; }
    static std::uint32_t events_of(kind use) noexcept {
        return reads(use) ? EPOLLIN : (use == kind::write ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
    }
    static bool moves(const operation& what) noexcept { return what.what == kind::read || what.what == kind::write; }
    bool attempt(operation& what) noexcept;
    bool read(operation& what) noexcept;
    bool write(operation& what) noexcept;
    int arm() noexcept;
    void leave_set() noexcept;
    void finish(operation& what) noexcept;
    void fail_all(std::error_code why) noexcept;

    reactor::state* owner_;
    int fd_;
    bool stays_; // armed until it leaves the set
    std::uint32_t events_;
    bool in_set_ = false;
    bool armed_ = false;
    bool empty_ = false; // as far as we know: a try would be in vain
    link waiting_;
};

void detach::operator()(attachment* what) const noexcept { delete what; }

void attachment::orphan() noexcept {
    unlink();
    owner_ = nullptr;
}

attachment::~attachment() {
    if (owner_ != nullptr) {
        fail_all(std::make_error_code(std::errc::operation_canceled));
        // Closing would not be enough: a child that is being started holds a copy until its exec, and with that the set
        // goes on reporting the descriptor (epoll(7)).
        if (armed_) {
            leave_set();
        }
    }
}

void attachment::leave_set() noexcept {
    if (std::exchange(in_set_, false)) {
        (void)sys::epoll_ctl(owner_->epoll.get(), EPOLL_CTL_DEL, fd_, nullptr);
    }
    armed_ = false;
}

/// 0 or errno.
int attachment::arm() noexcept {
    if (armed_) {
        return 0;
    }
    epoll_event event{};
    event.events = events_;
    event.data.ptr = this;
    const int set = owner_->epoll.get();
    if (sys::epoll_ctl(set, in_set_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd_, &event) == -1) {
        // An earlier attachment has left it there, disarmed.
        if (in_set_ || errno != EEXIST || sys::epoll_ctl(set, EPOLL_CTL_MOD, fd_, &event) == -1) {
            return errno;
        }
    }
    in_set_ = armed_ = true;
    return 0;
}

void attachment::finish(operation& what) noexcept {
    what.unlink();
    what.now = operation::state::done;
    owner_->done.push_back(what);
}

/// Whether it is done: there was an event, or it is one that can be tried.
bool attachment::attempt(operation& what) noexcept {
    if (!moves(what)) {
        return true;
    }
    return what.what == kind::read ? read(what) : write(what);
}

bool attachment::read(operation& what) noexcept {
    const ssize_t n = try_read(fd_, what.data, what.size);
    if (n == -1) {
        empty_ = errno == EAGAIN;
        what.code = empty_ ? std::error_code() : std::error_code(errno, std::system_category());
        return !empty_;
    }
    what.bytes = static_cast<std::size_t>(n);
    empty_ = n > 0 && what.bytes < what.size;
    return true;
}

bool attachment::write(operation& what) noexcept {
    const iovec piece{what.data, what.size};
    const ssize_t n = try_write(fd_, &piece, 1);
    if (n == -1) {
        if (errno == EAGAIN) {
            return false;
        }
        what.code = {errno, std::system_category()};
        return true;
    }
    const auto moved = static_cast<std::size_t>(n);
    what.bytes += moved;
    what.data += moved;
    what.size -= moved;
    return what.size == 0;
}

bool attachment::begin(operation& what, bool try_now) noexcept {
    const bool may_be_ready = moves(what) && (try_now || !empty_ || !armed_);
    if (waiting_.empty() && may_be_ready && attempt(what)) {
        return true;
    }
    if (const int code = arm(); code != 0) {
        what.code = {code, std::system_category()};
        return true;
    }
    waiting_.push_back(what);
    return false;
}

void attachment::happened() noexcept {
    empty_ = false;
    if (!stays_) {
        armed_ = false;
    } else if (waiting_.empty()) {
        leave_set();
    }
    while (!waiting_.empty()) {
        auto& what = static_cast<operation&>(*waiting_.next);
        if (!attempt(what)) {
            break;
        }
        finish(what);
    }
    if (!waiting_.empty()) {
        if (const int code = arm(); code != 0) {
            fail_all({code, std::system_category()});
        }
    }
}

void attachment::fail_all(std::error_code why) noexcept {
    while (!waiting_.empty()) {
        auto& what = static_cast<operation&>(*waiting_.next);
        what.code = why;
        finish(what);
    }
}

// ---- the reactor

namespace {

/// What a call has just made.
result<unique_handle> made_clear(int fd, std::string_view step) {
    unique_handle made(fd);
    return made ? clear_of_standard(std::move(made), step) : sys::failed(step);
}

} // namespace

result<std::unique_ptr<reactor>> reactor::make() {
    constexpr std::string_view step = "make loop";
    std::unique_ptr<reactor> made(new (std::nothrow) reactor);
    std::unique_ptr<state> own(new (std::nothrow) state);
    if (made == nullptr || own == nullptr) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), step});
    }
    auto epoll = made_clear(sys::epoll_create1(EPOLL_CLOEXEC), step);
    if (!epoll) {
        return std::unexpected(std::move(epoll).error());
    }
    auto waker = made_clear(sys::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), step);
    if (!waker) {
        return std::unexpected(std::move(waker).error());
    }
    epoll_event event{};
    event.events = EPOLLIN;
    if (sys::epoll_ctl(epoll->get(), EPOLL_CTL_ADD, waker->get(), &event) == -1) {
        return sys::failed(step);
    }
    own->epoll = std::move(*epoll);
    own->waker = std::move(*waker);
    made->state_ = std::move(own);
    return made;
}

reactor::~reactor() {
    while (state_ != nullptr && !state_->attachments.empty()) {
        static_cast<attachment&>(*state_->attachments.next).orphan();
    }
}

link& reactor::done() noexcept { return state_->done; }

bool reactor::begin(operation& what, native_handle handle, attachment_ptr& kept, bool try_now) noexcept {
    if (kept != nullptr && !kept->belongs_to(*state_)) {
        if (kept->in_use()) {
            what.code = std::make_error_code(std::errc::device_or_resource_busy);
            return true;
        }
        kept.reset();
    }
    if (kept == nullptr) {
        kept.reset(new (std::nothrow) attachment(*state_, handle, what.what));
        if (kept == nullptr) {
            what.code = std::make_error_code(std::errc::not_enough_memory);
            return true;
        }
    }
    return kept->begin(what, try_now);
}

// Nothing is under way in the system.
bool reactor::cancel(operation& what) noexcept { // NOLINT(readability-convert-member-functions-to-static)
    const bool under_way = what.now == operation::state::under_way;
    what.unlink();
    return under_way;
}

result<void> reactor::wait(const deadline& until) noexcept {
    timespec storage{};
    auto& events = state_->events;
    const int count = sys::epoll_pwait2(state_->epoll.get(), events.data(), static_cast<int>(events.size()),
                                        timeout_until(until, storage));
    if (count == -1) {
        return errno == EINTR ? result<void>() : sys::failed("wait for events");
    }
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count))) {
        if (event.data.ptr != nullptr) {
            static_cast<attachment*>(event.data.ptr)->happened();
            continue;
        }
        std::uint64_t wakes = 0;
        (void)sys::read(state_->waker.get(), &wakes, sizeof wakes);
    }
    return {};
}

void reactor::wake() noexcept {
    const std::uint64_t one = 1;
    (void)sys::write(state_->waker.get(), &one, sizeof one);
}

} // namespace windpipe::platform

#include "attachment.hpp"
#include "waiting.hpp"

#include <array>
#include <new>
#include <span>

namespace windpipe::platform {

reactor::state::~state() {
    while (!attachments.empty()) {
        static_cast<attachment&>(*attachments.next).orphan();
    }
    if (pool_ != nullptr) {
        ::CloseThreadpool(pool_);
    }
}

TP_CALLBACK_ENVIRON* reactor::state::threads() noexcept {
    constexpr DWORD most = 4096; // as many ends of make_pipe() can be waited for at a time
    if (pool_ == nullptr) {
        pool_ = sys::create_pool();
        if (pool_ == nullptr) {
            return nullptr;
        }
        ::SetThreadpoolThreadMaximum(pool_, most);
        ::InitializeThreadpoolEnvironment(&where_);
        ::SetThreadpoolCallbackPool(&where_, pool_);
    }
    return &where_;
}

bool reactor::state::take_packets(DWORD milliseconds) noexcept {
    std::array<OVERLAPPED_ENTRY, 64> packets{};
    ULONG count = 0;
    if (!sys::next_packets(port.get(), packets.data(), static_cast<ULONG>(packets.size()), &count, milliseconds)) {
        return ::GetLastError() == WAIT_TIMEOUT;
    }
    for (const OVERLAPPED_ENTRY& packet : std::span(packets).first(count)) {
        if (packet.lpOverlapped != nullptr) { // null: somebody woke us
            static_cast<attachment::flight*>(packet.lpOverlapped)->whose->landed();
        }
    }
    return true;
}

result<std::unique_ptr<reactor>> reactor::make() {
    constexpr std::string_view step = "make loop";
    std::unique_ptr<reactor> made(new (std::nothrow) reactor);
    std::unique_ptr<state> own(new (std::nothrow) state);
    if (made == nullptr || own == nullptr) {
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), step});
    }
    own->port = sys::create_port();
    if (!own->port) {
        return sys::failed(step);
    }
    made->state_ = std::move(own);
    return made;
}

reactor::~reactor() = default;

detail::link& reactor::done() noexcept { return state_->done; }

bool reactor::begin(operation& what, native_handle handle, attachment_ptr& kept, bool try_now) noexcept {
    if (kept != nullptr && !kept->belongs_to(*state_)) {
        if (kept->in_use()) {
            what.code = std::make_error_code(std::errc::device_or_resource_busy);
            return true;
        }
        kept.reset();
    }
    if (kept == nullptr) {
        attachment_ptr made(new (std::nothrow) attachment(*state_, handle));
        what.code = made != nullptr ? made->prepare(what.what) : std::make_error_code(std::errc::not_enough_memory);
        if (what.code) {
            return true;
        }
        kept = std::move(made);
    }
    return kept->begin(what, try_now);
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): the contract; other systems need the object
bool reactor::cancel(operation& what) noexcept {
    if (what.now == operation::state::under_way) {
        return static_cast<attachment*>(what.at)->cancel(what);
    }
    what.unlink();
    return false;
}

result<void> reactor::wait(const deadline& until) noexcept {
    return state_->take_packets(milliseconds_until(until)) ? result<void>() : sys::failed("wait for events");
}

void reactor::wake() noexcept { ::PostQueuedCompletionStatus(state_->port.get(), 0, 0, nullptr); }

} // namespace windpipe::platform

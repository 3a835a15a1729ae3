// attachment.hpp - an end or a process that a reactor waits for, and the operations on it.
//
// One operation of an attachment is in flight at a time, and each flight ends with one packet at the reactor's port:
//  - on an overlapped end, the system's own;
//  - on a synchronous one, that of a thread of the reactor's pool which makes the blocking call;
//  - for a process, that of a wait of the system's pool. WaitForMultipleObjects would be for 64 of them.
// The packet names memory of the attachment, so whoever calls a flight off takes packets until this one has come.
#pragma once

#include "sys.hpp"
#include "transfer.hpp"

#include "platform/platform.hpp"

#include <atomic>
#include <stop_token>
#include <system_error>

namespace windpipe::platform {

using detail::operation;

struct reactor::state {
    ~state();
    /// Takes packets, waiting for the first of them.
    bool take_packets(DWORD milliseconds) noexcept;
    /// For the blocking calls on synchronous ends. Null: there is none, and the last error says why.
    TP_CALLBACK_ENVIRON* threads() noexcept;

    unique_handle port;
    detail::link done;
    detail::link attachments;

private:
    TP_POOL* pool_ = nullptr;
    TP_CALLBACK_ENVIRON where_{};
};

class attachment : public detail::link {
public:
    attachment(reactor::state& owner, HANDLE handle) noexcept : owner_(&owner), handle_(handle) {
        owner.attachments.push_back(*this);
    }
    ~attachment();
    attachment(const attachment&) = delete;
    attachment& operator=(const attachment&) = delete;

    /// What there is to be done before the first operation. Otherwise the error.
    std::error_code prepare(operation::kind use) noexcept;
    bool begin(operation& what, bool try_now) noexcept;
    bool cancel(operation& what) noexcept;

    struct flight : OVERLAPPED {
        attachment* whose = nullptr;
    };
    /// The packet of the flight has come.
    void landed() noexcept;

    [[nodiscard]] bool belongs_to(const reactor::state& whom) const noexcept { return owner_ == &whom; }
    [[nodiscard]] bool in_use() const noexcept { return !waiting_.empty(); }
    /// The reactor is going.
    void orphan() noexcept;

private:
    enum class way { overlapped, blocking, process };

    bool launch(operation& what) noexcept;
    bool launch_overlapped(operation& what) noexcept;
    bool launch_blocking(operation& what) noexcept;
    bool launch_wait() noexcept;
    bool transfer_at_once(operation& what) noexcept;
    static bool account(operation& what, const transferred& moved) noexcept;
    bool call_off() noexcept;
    void finish(operation& what) noexcept;
    void launch_next() noexcept;
    void post() noexcept;
    static void CALLBACK transfer_blocking(TP_CALLBACK_INSTANCE*, void* self) noexcept;
    static void CALLBACK has_ended(TP_CALLBACK_INSTANCE*, void* self, TP_WAIT*, TP_WAIT_RESULT) noexcept;

    reactor::state* owner_;
    HANDLE handle_;
    way way_ = way::overlapped;
    bool told_at_once_ = false; // what is done at once sends no packet
    bool flying_ = false;
    bool calling_off_ = false;
    TP_WAIT* wait_ = nullptr;
    operation* first_ = nullptr;              // what the thread of the blocking call moves
    std::stop_source stop_{std::nostopstate}; // of that call
    std::atomic<bool> posted_ = false;        // the process has ended, and the packet is on its way
    flight flight_{};
    detail::link waiting_; // the first one is in flight
};

} // namespace windpipe::platform

#include "endpoint.hpp"

#include "platform/platform.hpp"

#include <new>

namespace windpipe::detail {

/// The closer can see that there are no calls only under the lock: until then the object stays.
void endpoint::leave_closing() noexcept {
    const std::scoped_lock lock(mutex_);
    calls_.fetch_sub(1, std::memory_order_release);
    left_.notify_all();
}

unique_handle endpoint::take() noexcept {
    calls_.fetch_or(closed, std::memory_order_acq_rel);
    std::unique_lock lock(mutex_);
    if (auto attached = std::move(attached_)) { // one closer of several has it
        lock.unlock();
        attached.reset();
        lock.lock();
    }
    for (interruption* call = waiting_; call != nullptr; call = call->next_) {
        call->waker_->wake();
    }
    left_.wait(lock, [this] { return (calls_.load(std::memory_order_acquire) & ~counted) == closed; });
    return std::move(handle_);
}

void endpoint::add(interruption& call) noexcept {
    const std::scoped_lock lock(mutex_);
    call.next_ = waiting_;
    waiting_ = &call;
}

void endpoint::remove(interruption& call) noexcept {
    const std::scoped_lock lock(mutex_);
    for (interruption** at = &waiting_; *at != nullptr; at = &(*at)->next_) {
        if (*at == &call) {
            *at = call.next_;
            return;
        }
    }
}

namespace {

/// What several threads may want first. Null: no memory.
template <class T>
T* made_once(std::atomic<T*>& place) noexcept {
    T* there = place.load(std::memory_order_acquire);
    if (there != nullptr) {
        return there;
    }
    T* const made = new (std::nothrow) T;
    if (made != nullptr && !place.compare_exchange_strong(there, made, std::memory_order_acq_rel)) {
        delete made;
        return there;
    }
    return made;
}

} // namespace

bool endpoint::begin_counting() noexcept {
    if (made_once(counts_) == nullptr) {
        return false;
    }
    calls_.fetch_or(counted, std::memory_order_release);
    return true;
}

cutting* endpoint::cuts() noexcept { return made_once(cuts_); }

error endpoint::closed_error(std::string_view operation) {
    return {std::make_error_code(std::errc::bad_file_descriptor), operation, "this end is closed"};
}

} // namespace windpipe::detail

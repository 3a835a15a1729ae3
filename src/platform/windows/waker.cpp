#include "waiting.hpp"

#include <algorithm>
#include <atomic>
#include <new>

namespace windpipe::platform {

struct waker_maker {
    static std::unique_ptr<waker> make(unique_handle event, thread_context& owner) {
        std::unique_ptr<waker> made(new waker);
        made->handle_ = std::move(event);
        made->owner_ = reinterpret_cast<std::uintptr_t>(&owner);
        return made;
    }
    static thread_context& owner(const waker& of) noexcept { return *reinterpret_cast<thread_context*>(of.owner_); }
};

result<waker*> waker::of_this_thread() {
    const auto context = thread_context::of_this_thread();
    return context ? result<waker*>((*context)->its_waker()) : std::unexpected(context.error());
}

void waker::wake() noexcept { waker_maker::owner(*this).wake(); }
void waker::clear() noexcept { waker_maker::owner(*this).clear(); }

// ---- one per thread

namespace {

/// Not at the end of the process: its other threads are gone, wherever they were, and nothing may be waited for.
void CALLBACK destroy_context(void* context) noexcept {
    if (!sys::process_is_ending()) {
        delete static_cast<thread_context*>(context);
    }
}

/// Where each thread keeps its context. Not thread_local: GCC for mingw-w64 frees a thread's variables before it
/// destroys them. The system calls destroy_context() while the thread still is one.
result<DWORD> context_slot() {
    static std::mutex mutex;
    static DWORD slot = FLS_OUT_OF_INDEXES;
    const std::scoped_lock lock(mutex);
    if (slot == FLS_OUT_OF_INDEXES) {
        slot = sys::fls_alloc(destroy_context);
        if (slot == FLS_OUT_OF_INDEXES) {
            return sys::failed("make waker");
        }
    }
    return slot;
}

/// One thread that serves the timers of all others; made with the first and kept. Not in the process's own pool: what
/// the application does there could keep a deadline from being met.
result<TP_POOL*> timer_pool() {
    static std::mutex mutex;
    static TP_POOL* pool = nullptr;
    const std::scoped_lock lock(mutex);
    if (pool == nullptr) {
        TP_POOL* const made = sys::create_pool();
        if (made == nullptr) {
            return sys::failed("make waker");
        }
        ::SetThreadpoolThreadMaximum(made, 1);
        if (!sys::set_pool_minimum(made, 1)) {
            auto failed = sys::failed("make waker");
            ::CloseThreadpool(made);
            return failed;
        }
        pool = made;
    }
    return pool;
}

} // namespace

result<thread_context*> thread_context::of_this_thread() {
    const auto slot = context_slot();
    if (!slot) {
        return std::unexpected(slot.error());
    }
    if (void* const known = ::FlsGetValue(*slot); known != nullptr) {
        return static_cast<thread_context*>(known);
    }
    auto made = make();
    if (!made) {
        return std::unexpected(std::move(made).error());
    }
    if (!sys::fls_set_value(*slot, made->get())) {
        return sys::failed("make waker");
    }
    return made->release();
}

thread_context& thread_context::of(const waker& its) noexcept { return waker_maker::owner(its); }

result<std::unique_ptr<thread_context>> thread_context::make() {
    std::unique_ptr<thread_context> made(new thread_context);
    unique_handle event = sys::create_event();
    if (!event) {
        return sys::failed("make waker");
    }
    made->waker_ = waker_maker::make(std::move(event), *made);
    made->transfer_done_ = sys::create_event();
    if (!made->transfer_done_) {
        return sys::failed("make waker");
    }
    made->thread_ = sys::duplicate_handle(::GetCurrentThread(), false);
    if (!made->thread_) {
        return sys::failed("make waker");
    }
    auto pool = timer_pool();
    if (!pool) {
        return std::unexpected(std::move(pool).error());
    }
    TP_CALLBACK_ENVIRON where{};
    ::InitializeThreadpoolEnvironment(&where);
    ::SetThreadpoolCallbackPool(&where, *pool);
    made->timer_ = sys::create_timer(on_timer, made.get(), &where);
    if (made->timer_ == nullptr) {
        return sys::failed("make waker");
    }
    return made;
}

thread_context::~thread_context() {
    if (timer_ != nullptr) {
        ::SetThreadpoolTimer(timer_, nullptr, 0, 0);
        ::WaitForThreadpoolTimerCallbacks(timer_, TRUE);
        ::CloseThreadpoolTimer(timer_);
    }
}

// ---- the kinds of ends

namespace {

std::atomic<std::uint64_t> ends_made = 1;

} // namespace

void thread_context::forget_ends() noexcept { ends_made.fetch_add(1, std::memory_order_release); }

result<bool> thread_context::is_synchronous(HANDLE end, std::string_view operation) {
    known_end& known = known_.at((reinterpret_cast<std::uintptr_t>(end) >> 2U) % known_.size());
    const std::uint64_t made = ends_made.load(std::memory_order_acquire);
    if (known.handle != end || known.made_before != made) {
        bool synchronous = false;
        if (!sys::query_synchronous(end, &synchronous)) {
            return sys::failed(operation);
        }
        known = {end, made, synchronous};
    }
    return known.synchronous;
}

// ---- waking

void thread_context::wake() noexcept {
    const std::scoped_lock lock(mutex_);
    if (!woken_) {
        woken_ = true;
        ::SetEvent(waker_->handle());
    }
    if (inside_ && !called_off_) {
        called_off_ = true;
        sys::cancel_synchronous_io(thread_.get());
        set_timer(deadline::clock::now()); // it may not be in the system yet
    }
}

void thread_context::clear() noexcept {
    const std::scoped_lock lock(mutex_);
    if (woken_) {
        woken_ = false;
        ::ResetEvent(waker_->handle());
    }
}

bool thread_context::is_woken() noexcept {
    const std::scoped_lock lock(mutex_);
    return woken_;
}

void thread_context::begin(const deadline* until) noexcept {
    const std::scoped_lock lock(mutex_);
    inside_ = true;
    called_off_ = false;
    until_ = until;
    // One that should have fired already is set again: it may have been lost, as was seen under Wine 8 with one that
    // was set about when its callback returned.
    if (until != nullptr && (until->at() < timer_at_ || timer_at_ <= deadline::clock::now())) {
        set_timer(until->at());
    }
}

bool thread_context::end() noexcept {
    const std::scoped_lock lock(mutex_);
    inside_ = false;
    until_ = nullptr;
    return called_off_;
}

// What follows is done under the lock.

bool thread_context::is_due() const noexcept {
    return inside_ && (called_off_ || (until_ != nullptr && until_->has_passed()));
}

void thread_context::set_timer(deadline::clock::time_point at) noexcept {
    using ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
    const auto left = std::max(at - deadline::clock::now(), deadline::clock::duration::zero());
    ULARGE_INTEGER due{};
    due.QuadPart = static_cast<std::uint64_t>(-std::chrono::ceil<ticks>(left).count()); // negative: from now on
    FILETIME time{.dwLowDateTime = due.LowPart, .dwHighDateTime = due.HighPart};
    timer_at_ = at;
    ::SetThreadpoolTimer(timer_, &time, 0, 0);
}

void CALLBACK thread_context::on_timer(TP_CALLBACK_INSTANCE* /*instance*/, void* context,
                                       TP_TIMER* /*timer*/) noexcept {
    static_cast<thread_context*>(context)->keep_calling_off();
}

void thread_context::keep_calling_off() noexcept {
    constexpr int tries_at_once = 64;
    for (int i = 0; i < tries_at_once; ++i) {
        {
            const std::scoped_lock lock(mutex_);
            timer_at_ = deadline::clock::time_point::max();
            if (!is_due()) {
                if (until_ != nullptr) {
                    set_timer(until_->at());
                }
                return;
            }
            called_off_ = true;
            sys::cancel_synchronous_io(thread_.get());
        }
        ::SwitchToThread();
    }
    const std::scoped_lock lock(mutex_);
    if (is_due()) { // it waits for its turn on a synchronous end
        set_timer(deadline::clock::now() + std::chrono::milliseconds(1));
    }
}

DWORD milliseconds_until(const deadline& until) noexcept {
    if (until.is_never()) {
        return INFINITE;
    }
    constexpr std::int64_t longest = 0x7fff'ffff; // the caller looks at its deadline again
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until.left()).count();
    return static_cast<DWORD>(std::min<std::int64_t>(left, longest));
}

} // namespace windpipe::platform

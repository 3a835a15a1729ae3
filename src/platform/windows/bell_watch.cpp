#include "sys.hpp"

#include "platform/platform.hpp"

#include <memory>
#include <new>

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "make waitable";

} // namespace

/// A read of nothing is under way, which the system completes when something comes, or when nobody writes any more.
class bell_watch {
public:
    bell_watch(unique_handle bell, unique_handle event) noexcept : bell_(std::move(bell)), event_(std::move(event)) {}
    ~bell_watch() {
        DWORD nothing = 0;
        (void)::CancelIoEx(bell_.get(), &read_);
        (void)::GetOverlappedResult(bell_.get(), &read_, &nothing, TRUE); // afterwards the system forgets read_
    }
    bell_watch(const bell_watch&) = delete;
    bell_watch& operator=(const bell_watch&) = delete;

    [[nodiscard]] HANDLE event() const noexcept { return event_.get(); }

    /// From now on for what comes next.
    void begin() noexcept {
        if (!HasOverlappedIoCompleted(&read_)) {
            return;
        }
        (void)::ResetEvent(event_.get());
        read_ = {};
        // The low bit keeps it away from a port, see GetQueuedCompletionStatus.
        read_.hEvent = reinterpret_cast<HANDLE>(reinterpret_cast<std::uintptr_t>(event_.get()) | 1U);
        if (!sys::read_file(bell_.get(), &nothing_, 0, &read_) && ::GetLastError() != ERROR_IO_PENDING) {
            (void)::SetEvent(event_.get()); // the call that is made then says what it is
        }
    }

private:
    unique_handle bell_; // of its own: the end's is closed before
    unique_handle event_;
    OVERLAPPED read_{};
    std::byte nothing_{};
};

void let_go_of_watch::operator()(bell_watch* what) const noexcept { delete what; }

result<unique_handle> watch_bell(native_handle bell, bell_watch_ptr& kept) {
    if (kept == nullptr) {
        auto own = sys::duplicate_handle(bell, false);
        auto event = own ? sys::create_event() : unique_handle();
        if (!own || !event) {
            return sys::failed(step);
        }
        kept.reset(new (std::nothrow) bell_watch(std::move(own), std::move(event)));
        if (kept == nullptr) {
            return sys::failed(step, ERROR_NOT_ENOUGH_MEMORY);
        }
        kept->begin();
    }
    auto given = sys::duplicate_handle(kept->event(), false, SYNCHRONIZE);
    return given ? result<unique_handle>(std::move(given)) : sys::failed(step);
}

void watch_again(bell_watch& what) noexcept { what.begin(); }

} // namespace windpipe::platform

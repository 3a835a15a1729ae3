// interruption.hpp - why a call that waits may have to give up: its deadline, a requested stop, or its end being
// closed.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>

namespace windpipe {

class pacing;
namespace platform {
class waker;
}
namespace detail {
class endpoint;
}

/// Whether a write that waits long asks if it waits for ever: see pipe_writer::detect_deadlock().
enum class deadlock_watch : std::uint8_t {
    none,
    if_alone, ///< while this process has no other thread
    always,
};

/// One call's view of its wait_limit. It costs nothing until the call has to wait and asks for the waker by arm().
class interruption {
public:
    /// `end` may be null: then only the limit counts.
    explicit interruption(const wait_limit& limit, detail::endpoint* end = nullptr) noexcept
        : limit_(limit), end_(end), had_time_(!limit.until.has_passed()) {}
    ~interruption() {
        if (waker_ != nullptr) {
            disarm();
        }
    }
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;

    /// For a call on several ends at once: it is called off when any is closed, whichever it waits for.
    /// PRE: `other` is together with none yet.
    void together_with(interruption& other) noexcept {
        other.other_ = other_ != nullptr ? other_ : this;
        other_ = &other;
    }

    /// The reason to give up now: operation_canceled (stopped, or the end was closed), timed_out; none: go on waiting.
    [[nodiscard]] std::optional<std::errc> why() const noexcept;

    /// canceled() only: what counts before the first try, when a passed deadline does not.
    [[nodiscard]] bool canceled() const noexcept;

    /// Asked between the parts of a call that makes several, and may never have to wait: as why(). A deadline that had
    /// passed when the call began does not count: such a call does all that needs no wait.
    [[nodiscard]] std::optional<std::errc> why_go_no_further() const noexcept;

    /// The calling thread's waker, which from now on is woken when why() may have changed (but not for the deadline).
    /// Repeated calls give the same one. After arm(), ask why() again before going to sleep.
    result<platform::waker*> arm();

    [[nodiscard]] const deadline& until() const noexcept { return limit_.until; }

    /// Whether only the system can end the wait: no deadline and no stop token.
    [[nodiscard]] bool unlimited() const noexcept { return limit_.is_unlimited(); }

    /// What its end wants, for a call that writes.
    [[nodiscard]] deadlock_watch deadlock() const noexcept;

    /// What the end has learnt about the other one, or null.
    [[nodiscard]] pacing* pace() const noexcept;

    /// For the counters of the end: whether it has any, a call on it, bytes it has moved, a sleep it has had to make.
    [[nodiscard]] bool counts() const noexcept;
    void called() const noexcept;
    void moved(std::size_t bytes) const noexcept;
    void waited(std::chrono::nanoseconds time) const noexcept;

    /// An error with the reason to give up.
    [[nodiscard]] static error gave_up(std::errc why, std::string_view operation);

private:
    struct wake_on_stop {
        platform::waker* target;
        void operator()() const noexcept;
    };

    void disarm() noexcept;
    [[nodiscard]] bool closing() const noexcept;

    const wait_limit& limit_;
    detail::endpoint* end_;
    bool had_time_;                 // when the call began
    interruption* other_ = nullptr; // the next one of the same call, in a ring
    platform::waker* waker_ = nullptr;
    interruption* next_ = nullptr; // in the endpoint's list of calls that wait
    std::optional<std::stop_callback<wake_on_stop>> on_stop_;

    friend class detail::endpoint;
};

} // namespace windpipe

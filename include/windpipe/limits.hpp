// limits.hpp - how long a call may block, and who may call it off.
#pragma once

#include <chrono>
#include <stop_token>

namespace windpipe {

/// A point in time after which waiting ends, or never.
///
/// Made from a duration ("from now on") or from a `steady_clock` time point. Durations too long for the clock mean
/// never.
class deadline {
public:
    using clock = std::chrono::steady_clock; ///< the clock of all deadlines

    /// Never.
    constexpr deadline() noexcept = default;
    /// At this time.
    constexpr deadline(clock::time_point at) noexcept : at_(at) {} // NOLINT(google-explicit-constructor): {.until = t}
    /// This long from now. Zero or less has passed already: the call then does what it can do without blocking.
    template <class Rep, class Period>
    deadline(std::chrono::duration<Rep, Period> from_now) // NOLINT(google-explicit-constructor): {.until = 2s}
        : at_(saturated(std::chrono::duration<double, clock::period>(from_now).count())) {}

    /// Whether it is never reached.
    [[nodiscard]] constexpr bool is_never() const noexcept { return at_ == clock::time_point::max(); }
    /// Whether the time is over.
    [[nodiscard]] bool has_passed() const noexcept { return !is_never() && clock::now() >= at_; }
    /// What is left: zero when passed, `clock::duration::max()` when never.
    [[nodiscard]] clock::duration left() const noexcept {
        if (is_never()) {
            return clock::duration::max();
        }
        const auto now = clock::now(); // compared before it is subtracted: a time point long ago would overflow
        return at_ > now ? at_ - now : clock::duration::zero();
    }
    /// The point in time; `clock::time_point::max()` when never.
    [[nodiscard]] constexpr clock::time_point at() const noexcept { return at_; }

    friend constexpr auto operator<=>(const deadline&, const deadline&) noexcept = default;

private:
    static clock::time_point saturated(double ticks_from_now) noexcept {
        const auto now = clock::now();
        const auto room = static_cast<double>((clock::time_point::max() - now).count());
        if (!(ticks_from_now > 0.0)) { // zero, negative, or no number
            return now;
        }
        return ticks_from_now >= room * 0.5 ? clock::time_point::max()
                                            : now + clock::duration(static_cast<clock::duration::rep>(ticks_from_now));
    }

    clock::time_point at_ = clock::time_point::max();
};

/// The deadline that does not come.
inline constexpr deadline never{};

/// What every call that can block takes, last and defaulted: wait for ever, and let nobody call it off.
///
/// When the deadline passes the call fails with `errc::timed_out`; when a stop is requested, with
/// `errc::operation_canceled`. A call always tries once before it gives up for a deadline: with a deadline that has
/// passed, it never blocks.
struct wait_limit {
    deadline until = never;    ///< how long
    std::stop_token stop = {}; ///< who may call it off

    /// Neither a deadline nor anybody who could request a stop.
    [[nodiscard]] bool is_unlimited() const noexcept { return until.is_never() && !stop.stop_possible(); }
};

} // namespace windpipe

// crumbs.hpp - when a reader that has room for much leaves what there is for a moment longer.
//
// Who takes each small message as it comes makes the writer fetch the counters from the other processor each time, and
// reads bytes that are still in the caches of that one, which takes three times as long as from the one that both
// share. So in a stream a reader does well to stay behind: far enough, and only as long as it flows.
// docs/performance.md tells the measurements.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace windpipe {

/// What one reader has learnt.
class crumbs {
public:
    /// Whether to pause before so many bytes are taken, where `wish` are wanted.
    [[nodiscard]] bool worth_a_pause(std::size_t there, std::size_t wish) noexcept {
        if (wish < least_wish || there == 0 || there >= std::min(wish, crumb)) {
            return false;
        }
        if (turns_left_ > 0) {
            --turns_left_;
            return false;
        }
        return true;
    }

    using time_point = std::chrono::steady_clock::time_point;

    /// One gathering: pauses, and a look after each whether to go on.
    class gathering {
    public:
        gathering(const crumbs& learnt, std::size_t there, std::size_t capacity, time_point now) noexcept
            : before_(there), there_(there), goal_(std::min(capacity / 4, far_behind)), seen_at_(now),
              ends_at_(now + learnt.patience_) {}
        /// How many of the processor's pauses, each some nanoseconds, until the next look.
        [[nodiscard]] int pauses() const noexcept { return pauses_; }
        /// So much is there now. Whether to pause again.
        [[nodiscard]] bool goes_on(std::size_t there, time_point now) noexcept {
            flows_ = std::chrono::nanoseconds((there - there_) * slow_stream) >= now - seen_at_;
            there_ = there;
            seen_at_ = now;
            pauses_ = std::min(pauses_ * 2, longest);
            return flows_ && there < goal_ && now < ends_at_;
        }

    private:
        friend class crumbs;
        std::size_t before_;
        std::size_t there_;
        std::size_t goal_;
        time_point seen_at_;
        time_point ends_at_;
        int pauses_ = first;
        bool flows_ = false;
    };

    /// What became of it.
    void learn(const gathering& done) noexcept {
        if (!done.flows_) {
            patience_ = std::max(patience_ / 2, least_patience);
        } else if (done.there_ < done.goal_) {
            patience_ = std::min(patience_ * 2, most_patience);
        }
        if (done.there_ > done.before_) {
            next_turns_ = first_turns;
            return;
        }
        turns_left_ = next_turns_;
        next_turns_ = std::min(next_turns_ * 2, most_turns);
    }

private:
    static constexpr std::size_t least_wish = 4096;
    static constexpr std::size_t crumb = 64UL * 1024;
    static constexpr std::size_t far_behind = 1024UL * 1024; // as much as the second cache of a processor holds
    static constexpr std::size_t slow_stream = 2;            // nanoseconds for a byte
    static constexpr int first = 64;
    static constexpr int longest = 1024;
    static constexpr std::chrono::nanoseconds least_patience = std::chrono::microseconds(12);
    static constexpr std::chrono::nanoseconds most_patience = std::chrono::microseconds(200);
    static constexpr std::uint32_t first_turns = 16;
    static constexpr std::uint32_t most_turns = 1024;

    std::chrono::nanoseconds patience_ = least_patience; // for one gathering: more, where a stream has gone on so long
    std::uint32_t turns_left_ = 0;
    std::uint32_t next_turns_ = first_turns;
};

} // namespace windpipe

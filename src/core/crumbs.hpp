// crumbs.hpp - when a reader that has room for much leaves what there is for a moment longer.
//
// Who takes each small message as it comes makes the writer fetch the counters from the other processor each time, and
// reads bytes that are still in the caches of that one, which takes three times as long as from the one that both
// share. So in a stream a reader does well to stay behind: far enough, and only as long as it flows. Where it does not,
// as where an answer is waited for, that is seldom tried. docs/performance.md tells the measurements.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace windpipe {

/// What one reader has learnt.
class crumbs {
public:
    /// Whether so many bytes are little, where `wish` are wanted, in a ring that holds so many.
    [[nodiscard]] static bool are(std::size_t there, std::size_t wish, std::size_t capacity) noexcept {
        return wish >= least_wish && there > 0 && there < std::min({wish, pile, goal(capacity)});
    }

    enum class way {
        take,   ///< what is there
        pause,  ///< once, and look again
        gather, ///< as long as it flows
    };
    /// What to do about so many, if they are little.
    [[nodiscard]] way decide(std::size_t there, bool may_gather) noexcept {
        if (may_gather && gathers_.due()) {
            return way::gather;
        }
        return there < crumb && pauses_.due() ? way::pause : way::take;
    }
    /// How many of the processor's pauses that is, each some ten nanoseconds.
    static constexpr int pause = 64;
    /// Whether more had come.
    void paused(bool helped) noexcept { pauses_.learn(helped); }

    using time_point = std::chrono::steady_clock::time_point;
    /// One gathering: pauses, and a look after each whether to go on.
    class gathering {
    public:
        gathering(const crumbs& learnt, std::size_t there, std::size_t capacity, time_point now) noexcept
            : before_(there), there_(there), goal_(goal(capacity)), began_at_(now), seen_at_(now),
              ends_at_(now + learnt.patience_) {}
        [[nodiscard]] int pauses() const noexcept { return pauses_; }
        /// So much is there now. Whether to pause again.
        [[nodiscard]] bool goes_on(std::size_t there, time_point now) noexcept {
            flows_ = std::chrono::nanoseconds((there - there_) * slow_stream) >= now - seen_at_ ||
                     std::chrono::nanoseconds((there - before_) / fast_stream) >= now - began_at_;
            there_ = there;
            seen_at_ = now;
            pauses_ = std::min(pauses_ * 2, most_pauses);
            return flows_ && there < goal_ && now < ends_at_;
        }

    private:
        friend class crumbs;
        std::size_t before_;
        std::size_t there_;
        std::size_t goal_;
        time_point began_at_;
        time_point seen_at_;
        time_point ends_at_;
        int pauses_ = pause;
        bool flows_ = false;
    };
    void learn(const gathering& done) noexcept {
        gathers_.learn(done.flows_);
        if (!done.flows_) {
            patience_ = std::max(patience_ / 2, least_patience);
        } else if (done.there_ < done.goal_) {
            patience_ = std::min(patience_ * 2, most_patience);
        }
    }

private:
    /// Something that is done each time while it helps, and ever more seldom where it does not.
    class tries {
    public:
        [[nodiscard]] bool due() noexcept {
            if (turns_left_ > 0) {
                --turns_left_;
                return false;
            }
            return true;
        }
        void learn(bool helped) noexcept {
            if (helped) {
                next_turns_ = first_turns;
                return;
            }
            turns_left_ = next_turns_;
            next_turns_ = std::min(next_turns_ * 2, most_turns);
        }

    private:
        static constexpr std::uint32_t first_turns = 16;
        static constexpr std::uint32_t most_turns = 1024;
        std::uint32_t turns_left_ = 0;
        std::uint32_t next_turns_ = first_turns;
    };

    static std::size_t goal(std::size_t capacity) noexcept { return std::min(capacity / 4, far_behind); }

    static constexpr std::size_t least_wish = 4096;
    static constexpr std::size_t crumb = 2048;
    static constexpr std::size_t pile = 64UL * 1024;
    static constexpr std::size_t far_behind = 1024UL * 1024; // as much as the second cache of a processor holds
    static constexpr std::size_t slow_stream = 8;            // nanoseconds for a byte, since the last look
    static constexpr std::size_t fast_stream = 4;            // bytes in a nanosecond, since the first: it may falter
    static constexpr int most_pauses = 1024;
    static constexpr std::chrono::nanoseconds least_patience = std::chrono::microseconds(12);
    static constexpr std::chrono::nanoseconds most_patience = std::chrono::microseconds(200);

    tries pauses_;
    tries gathers_;
    std::chrono::nanoseconds patience_ = least_patience; // for one gathering: more, where a stream has gone on so long
};

} // namespace windpipe

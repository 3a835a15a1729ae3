// crumbs.hpp - when a reader that has room for much leaves the little there is for a moment longer.
//
// Who takes each small message as it comes makes the writer fetch the counters from the other processor each time. A
// short pause finds many in their place: where more come. Where none do, it is seldom tried.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace windpipe {

/// What one reader has learnt.
class crumbs {
public:
    /// How many of the processor's pauses: some hundred nanoseconds to some microseconds.
    static constexpr int pauses = 64;

    /// Whether to pause before so many bytes are taken, where `wish` are wanted.
    [[nodiscard]] bool worth_a_pause(std::size_t there, std::size_t wish) noexcept {
        if (wish < least_wish || there == 0 || there >= crumb) {
            return false;
        }
        if (turns_left_ > 0) {
            --turns_left_;
            return false;
        }
        return true;
    }
    /// What became of it: more had come, or not.
    void paused(bool helped) noexcept {
        if (helped) {
            next_turns_ = first_turns;
            return;
        }
        turns_left_ = next_turns_;
        next_turns_ = std::min(next_turns_ * 2, most_turns);
    }

private:
    static constexpr std::size_t crumb = 2048;
    static constexpr std::size_t least_wish = 4096;
    static constexpr std::uint32_t first_turns = 16;
    static constexpr std::uint32_t most_turns = 1024;

    std::uint32_t turns_left_ = 0;
    std::uint32_t next_turns_ = first_turns;
};

} // namespace windpipe

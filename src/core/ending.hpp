// ending.hpp - when a capture is over: what an end policy and a limit say while children end and streams go on.
#pragma once

#include <windpipe/limits.hpp>
#include <windpipe/run.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace windpipe {

/// The rules of one capture, whoever moves its bytes: he tells what happens, asks how long to wait for what comes next,
/// and at last takes what is left in the pipes without waiting.
class ending {
public:
    /// Of some children, whose end is told one by one.
    ending(const end_policy& policy, wait_limit limit, std::size_t children)
        : policy_(policy), limit_(std::move(limit)), running_(children) {}

    /// Whether a child counts as ended only when its tree has.
    [[nodiscard]] bool waits_for_trees() const noexcept { return policy_.when == end_policy::rule::tree_ended; }
    /// Whether a child that has ended may have left its input to somebody who is waited for.
    [[nodiscard]] bool feeds_on() const noexcept { return policy_.when == end_policy::rule::end_of_stream; }

    void child_ended() noexcept {
        --running_;
        output_came();
    }
    void output_came() noexcept {
        if (running_ == 0 && policy_.when == end_policy::rule::exited_and_quiet) {
            quiet_until_ = policy_.quiet_for;
        }
    }

    /// Whether there is something left to wait for. `reading`: an output has not ended.
    [[nodiscard]] bool goes_on(bool reading) const noexcept {
        return !cut_short_ && (running_ > 0 || (reading && waits_for_outputs()));
    }
    /// When to stop waiting for the next event.
    [[nodiscard]] deadline next_look() const noexcept;
    /// To be asked between events that come without a wait. After true it does not go on.
    bool limit_has_passed() noexcept;
    /// The next look has come, or a stop.
    void waited_in_vain() noexcept;

    /// By what, where the limit ended it.
    [[nodiscard]] std::optional<ended_by> cut_short() const noexcept { return cut_short_; }
    /// Why it is over, when what was left has been taken.
    [[nodiscard]] ended_by why(bool writers_alive) const noexcept;

private:
    /// Also when every child has ended.
    [[nodiscard]] bool waits_for_outputs() const noexcept {
        return feeds_on() || (policy_.when == end_policy::rule::exited_and_quiet && !was_quiet_);
    }

    end_policy policy_;
    wait_limit limit_;
    std::size_t running_;
    deadline quiet_until_; // never while a child runs
    bool was_quiet_ = false;
    std::optional<ended_by> cut_short_;
};

} // namespace windpipe

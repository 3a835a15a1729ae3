// process_state.hpp - a child process as its `child` and run() share it.
#pragma once

#include "platform/platform.hpp"

#include <windpipe/async.hpp>
#include <windpipe/child.hpp>

#include <mutex>
#include <optional>

namespace windpipe::detail {

/// Many threads may wait: they wait side by side, outside the lock; who comes first reaps and leaves the report for
/// all.
class process_state {
public:
    process_state() = default;
    ~process_state() {
        while (!watchers_.empty()) {
            auto& one = static_cast<watcher&>(*watchers_.next);
            one.unlink();
            one.process = nullptr;
        }
    }
    process_state(const process_state&) = delete;
    process_state& operator=(const process_state&) = delete;

    /// PRE: before anybody else knows this object.
    void began(platform::process process) noexcept { process_ = std::move(process); }

    result<std::optional<exit_status>> try_wait();
    result<exit_status> wait(const wait_limit& limit);
    result<exit_status> wait_tree(const wait_limit& limit);
    /// A running process of the tree, or none. Fails when the process has been waited for.
    result<platform::process> tree_member();
    [[nodiscard]] tree_hold hold() const noexcept { return platform::hold_on(process_); }
    result<void> signal(platform::signal_kind kind);
    /// Kills what is left of the process and its tree, and reaps it.
    void end() noexcept;
    void abandon() noexcept {
        attached_.reset();
        platform::abandon(std::move(process_));
    }

    /// Nothing before it has been reaped.
    [[nodiscard]] std::optional<exit_report> report() const;
    [[nodiscard]] std::uint32_t id() const noexcept { return process_.id; }
    [[nodiscard]] const platform::process& process() const noexcept { return process_; }
    /// What the loop that waits for the process keeps with it.
    [[nodiscard]] platform::attachment_ptr& attached() noexcept { return attached_; }
    /// Who must hear of it when this object goes.
    void tell(watcher& whom) noexcept {
        whom.process = this;
        watchers_.push_back(whom);
    }

private:
    platform::process process_;
    mutable std::mutex mutex_; // guards reaping, signalling and the report
    std::optional<exit_report> report_;
    link watchers_;
    platform::attachment_ptr attached_; // goes before the process
};

} // namespace windpipe::detail

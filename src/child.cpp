#include "access.hpp"
#include "process_state.hpp"

#include <windpipe/child.hpp>

namespace windpipe {

namespace detail {

result<std::optional<exit_status>> process_state::try_wait() {
    const std::scoped_lock lock(mutex_);
    if (!report_) {
        auto report = platform::reap(process_);
        if (!report) {
            return std::unexpected(std::move(report).error());
        }
        report_ = *report;
    }
    return report_ ? std::optional(report_->status) : std::nullopt;
}

result<exit_status> process_state::wait(const wait_limit& limit) {
    interruption interrupted(limit);
    bool look_first = !interrupted.unlimited() || report().has_value(); // else it most likely still runs
    while (true) {
        if (look_first) {
            auto ended = try_wait();
            if (!ended) {
                return std::unexpected(std::move(ended).error());
            }
            if (*ended) {
                return **ended;
            }
        }
        look_first = true;
        if (auto waited = platform::wait_ended(process_, interrupted); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

result<platform::process> process_state::tree_member() {
    const std::scoped_lock lock(mutex_);
    if (hold() == tree_hold::none) {
        return std::unexpected(error{std::make_error_code(std::errc::operation_not_supported), "wait for tree",
                                     "nothing holds the tree of this child: see command::contain()"});
    }
    if (report_) {
        return std::unexpected(error{std::make_error_code(std::errc::no_child_process), "wait for tree",
                                     "this child has been waited for, and so its tree was let go"});
    }
    auto member = platform::tree_member(process_);
    if (!member) {
        return std::unexpected(std::move(member).error());
    }
    platform::process running;
    running.handle = std::move(*member);
    return running;
}

result<exit_status> process_state::wait_tree(const wait_limit& limit) {
    interruption interrupted(limit);
    while (true) {
        const auto member = tree_member();
        if (!member) {
            return std::unexpected(member.error());
        }
        if (!member->handle) {
            return wait(limit);
        }
        if (auto waited = platform::wait_ended(*member, interrupted); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

result<void> process_state::signal(platform::signal_kind kind) {
    const std::scoped_lock lock(mutex_);
    return report_ ? result<void>{} : platform::signal(process_, kind);
}

void process_state::end() noexcept {
    attached_.reset();
    const bool killed = signal(platform::signal_kind::force).has_value();
    if (killed && hold() == tree_hold::cgroup && !report()) {
        (void)wait_tree({}); // what is left of it can be removed then
    }
    if (!killed || !wait({})) {
        abandon(); // it has rights we lack, or the system lacks what a wait needs: at least it shall be no zombie
    }
}

std::optional<exit_report> process_state::report() const {
    const std::scoped_lock lock(mutex_);
    return report_;
}

child access::make_child(std::unique_ptr<process_state> state) noexcept { return child(std::move(state)); }

error access::no_process(std::string_view operation) {
    return {std::make_error_code(std::errc::no_child_process), operation,
            "this child object has no process: it was moved from, detached or never started"};
}

} // namespace detail

using detail::access;

child::child() noexcept = default;
child::child(std::unique_ptr<detail::process_state> state) noexcept : state_(std::move(state)) {}
child::child(child&& other) noexcept = default;

child& child::operator=(child&& other) noexcept {
    if (this != &other) {
        if (state_ != nullptr) {
            state_->end();
        }
        in = std::move(other.in);
        out = std::move(other.out);
        err = std::move(other.err);
        state_ = std::move(other.state_);
    }
    return *this;
}

child::~child() {
    if (state_ != nullptr) {
        state_->end();
    }
}

std::uint32_t child::pid() const noexcept { return state_ != nullptr ? state_->id() : 0; }

result<exit_status> child::wait(const wait_limit& limit) {
    return state_ != nullptr ? state_->wait(limit) : std::unexpected(access::no_process("wait"));
}

result<std::optional<exit_status>> child::try_wait() {
    return state_ != nullptr ? state_->try_wait() : std::unexpected(access::no_process("wait"));
}

result<exit_status> child::wait_tree(const wait_limit& limit) {
    return state_ != nullptr ? state_->wait_tree(limit) : std::unexpected(access::no_process("wait for tree"));
}

tree_hold child::holds_tree_by() const noexcept { return state_ != nullptr ? state_->hold() : tree_hold::none; }

std::optional<resource_usage> child::usage() const {
    const auto report = state_ != nullptr ? state_->report() : std::nullopt;
    return report ? std::optional(report->usage) : std::nullopt;
}

result<void> child::terminate() {
    return state_ != nullptr ? state_->signal(platform::signal_kind::ask)
                             : std::unexpected(access::no_process("terminate"));
}

result<void> child::kill() {
    return state_ != nullptr ? state_->signal(platform::signal_kind::force)
                             : std::unexpected(access::no_process("kill"));
}

result<exit_status> child::stop(std::chrono::nanoseconds grace) {
    if (state_ == nullptr) {
        return std::unexpected(access::no_process("stop"));
    }
    if (state_->signal(platform::signal_kind::ask)) {
        auto status = state_->wait({.until = grace});
        if (status || status.error().code != std::errc::timed_out) {
            return status;
        }
    }
    if (auto killed = state_->signal(platform::signal_kind::force); !killed) {
        return std::unexpected(std::move(killed).error());
    }
    return state_->wait({});
}

void child::detach() noexcept {
    if (state_ != nullptr) {
        state_->abandon();
        state_.reset();
    }
}

} // namespace windpipe

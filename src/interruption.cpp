#include "interruption.hpp"

#include "endpoint.hpp"
#include "platform/platform.hpp"

namespace windpipe {

void interruption::wake_on_stop::operator()() const noexcept { target->wake(); }

void interruption::disarm() noexcept {
    on_stop_.reset(); // waits for a callback that runs: afterwards nobody uses the waker for this call
    if (end_ != nullptr) {
        end_->remove(*this);
    }
}

bool interruption::closing() const noexcept { return end_ != nullptr && end_->closing(); }

bool interruption::canceled() const noexcept {
    bool off = closing() || limit_.stop.stop_requested();
    for (const interruption* other = other_; !off && other != nullptr && other != this; other = other->other_) {
        off = other->closing();
    }
    return off;
}

std::optional<std::errc> interruption::why() const noexcept {
    if (canceled()) {
        return std::errc::operation_canceled;
    }
    if (limit_.until.has_passed()) {
        return std::errc::timed_out;
    }
    return std::nullopt;
}

std::optional<std::errc> interruption::why_go_no_further() const noexcept {
    const auto reason = why();
    return reason == std::errc::timed_out && !had_time_ ? std::nullopt : reason;
}

result<platform::waker*> interruption::arm() {
    if (waker_ == nullptr) {
        auto mine = platform::waker::of_this_thread();
        if (!mine) {
            return mine;
        }
        waker_ = *mine; // perhaps with a wake-up of an earlier call still in it: that costs one turn of the wait
        if (end_ != nullptr) {
            end_->add(*this);
        }
        if (limit_.stop.stop_possible()) {
            on_stop_.emplace(limit_.stop, wake_on_stop{waker_});
        }
        if (other_ != nullptr) {
            return other_->arm();
        }
    }
    return waker_;
}

deadlock_watch interruption::deadlock() const noexcept {
    return end_ != nullptr ? end_->deadlock() : deadlock_watch::none;
}

pacing* interruption::pace() const noexcept { return end_ != nullptr ? &end_->pace() : nullptr; }

bool interruption::counts() const noexcept { return end_ != nullptr && end_->counts() != nullptr; }

void interruption::called() const noexcept {
    if (counts()) {
        end_->counts()->called();
    }
}

void interruption::moved(std::size_t bytes) const noexcept {
    if (counts()) {
        end_->counts()->moved(bytes);
    }
}

void interruption::waited(std::chrono::nanoseconds time) const noexcept {
    if (counts()) {
        end_->counts()->waited(time);
    }
}

error interruption::gave_up(std::errc why, std::string_view operation) {
    return {std::make_error_code(why), operation};
}

} // namespace windpipe

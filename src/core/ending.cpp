#include "ending.hpp"

#include <algorithm>

namespace windpipe {

deadline ending::next_look() const noexcept { return std::min(limit_.until, quiet_until_); }

bool ending::limit_has_passed() noexcept {
    if (limit_.stop.stop_requested()) {
        cut_short_ = ended_by::canceled;
    } else if (limit_.until.has_passed()) {
        cut_short_ = ended_by::timed_out;
    }
    return cut_short_.has_value();
}

void ending::waited_in_vain() noexcept {
    if (!limit_has_passed()) {
        was_quiet_ = quiet_until_.has_passed();
    }
}

ended_by ending::why(bool writers_alive) const noexcept {
    if (cut_short_) {
        return *cut_short_;
    }
    if (!writers_alive) {
        return ended_by::end_of_stream;
    }
    switch (policy_.when) {
    case end_policy::rule::exited_and_quiet:
        return ended_by::quiet;
    case end_policy::rule::tree_ended:
        return ended_by::tree_gone;
    default:
        return ended_by::drained;
    }
}

} // namespace windpipe

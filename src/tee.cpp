#include "calls.hpp"
#include "moving.hpp"
#include "passage.hpp"

#include <windpipe/tee.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace windpipe {

using detail::access;
using detail::endpoint;

namespace {

/// Notes that one of the two readers has left.
result<std::size_t> noted(result<std::size_t> outcome, bool& has_left, const char* which) {
    if (!outcome && outcome.error().code == std::errc::broken_pipe) {
        has_left = true;
        outcome.error().operation = "tee";
        outcome.error().context = which;
    }
    return outcome;
}

/// One call, while the ends that take part in it are in use.
class branching {
public:
    branching(passage& to_first, passage& to_second, tee_progress& progress)
        : to_first_(to_first), to_second_(to_second), progress_(progress) {}

    /// 1..most bytes; 0 is end of stream.
    result<std::size_t> move_some(std::size_t most) {
        if (progress_.second_has_left) {
            progress_.ahead = 0;
            return noted(to_first_.move_some(most), progress_.first_has_left, first);
        }
        if (progress_.first_has_left) {
            return progress_.ahead > 0 ? skip(std::min(most, progress_.ahead))
                                       : noted(to_second_.move_some(most), progress_.second_has_left, second);
        }
        if (progress_.ahead == 0) {
            auto copied = noted(to_second_.copy_some(most), progress_.second_has_left, second);
            if (!copied || *copied == 0) {
                return copied;
            }
            progress_.ahead = *copied;
        }
        auto moved = noted(to_first_.move_some(std::min(most, progress_.ahead)), progress_.first_has_left, first);
        progress_.ahead -= moved.value_or(0);
        return moved;
    }

private:
    static constexpr const char* first = "nobody reads the first pipe";
    static constexpr const char* second = "nobody reads the second pipe";

    /// What the second pipe has already, and the first one does not want any more.
    result<std::size_t> skip(std::size_t most) {
        auto skipped = to_second_.drop_some(most);
        progress_.ahead -= skipped.value_or(0);
        return skipped;
    }

    passage& to_first_;
    passage& to_second_;
    tee_progress& progress_;
};

/// The end, unless its reader has left.
endpoint* endpoint_unless(bool has_left, const pipe_writer& end) {
    return has_left ? nullptr : access::endpoint_of(end);
}

} // namespace

result<std::size_t> tee(pipe_reader& from, pipe_writer& first, pipe_writer& second, tee_progress& progress,
                        std::size_t most, const wait_limit& limit) {
    if (progress.first_has_left && progress.second_has_left) {
        return std::unexpected(error{std::make_error_code(std::errc::broken_pipe), "tee", "nobody reads either pipe"});
    }
    endpoint* const first_end = endpoint_unless(progress.first_has_left, first);
    endpoint* const second_end = endpoint_unless(progress.second_has_left, second);
    const endpoint::use source(access::endpoint_of(from));
    const endpoint::use use_of_first(first_end);
    const endpoint::use use_of_second(second_end);
    if (!source || (!use_of_first && !progress.first_has_left) || (!use_of_second && !progress.second_has_left)) {
        return std::unexpected(endpoint::closed_error("tee"));
    }
    interruption reading(limit, access::endpoint_of(from));
    interruption writing_first(limit, first_end);
    interruption writing_second(limit, second_end);
    reading.together_with(writing_first);
    reading.together_with(writing_second);
    for (const interruption* const each : {&reading, &writing_first, &writing_second}) {
        each->called();
    }
    if (reading.canceled()) {
        return std::unexpected(interruption::gave_up(std::errc::operation_canceled, "tee"));
    }
    if (auto flushed = flush_tied(from, limit); !flushed) {
        return std::unexpected(std::move(flushed).error());
    }
    const auto side_of = [](const endpoint::use& use) -> passage::side {
        return {.handle = use ? use.handle() : no_handle};
    };
    passage to_first(side_of(source), side_of(use_of_first), reading, writing_first);
    passage to_second(side_of(source), side_of(use_of_second), reading, writing_second);
    branching way(to_first, to_second, progress);
    return move_all(most, reading, "tee", [&](std::size_t left) { return way.move_some(left); });
}

result<std::size_t> tee(pipe_reader& from, pipe_writer& first, pipe_writer& second, std::size_t most,
                        const wait_limit& limit) {
    tee_progress progress;
    return tee(from, first, second, progress, most, limit);
}

} // namespace windpipe

// window.hpp - many looks, taken together.
#pragma once

#include "xray/doing.hpp"
#include "xray/graph.hpp"
#include "xray/sample.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace windpipe_tool::xray {

/// What a stage has done with its time. The first five make up the time together, as far as it is known.
struct stage_shares {
    double on_cpu = 0;  ///< more than 1 if several threads ran at the same time
    double queued = 0;  ///< it wanted a processor, and others had them
    double starved = 0; ///< asleep for input of the pipeline
    double blocked = 0; ///< asleep for room in the pipeline
    double slept = 0;   ///< asleep for something else
    double stopped = 0;
    double ended = 0;
    double unknown = 0;
    bool was_fed = false;               ///< by another stage, which may have ended since
    bool has_fed = false;               ///< another stage, likewise
    std::string why{};                  ///< for what it slept most
    std::optional<channel_id> waited{}; ///< the channel it waited for most

    /// The part of the time in which the pipeline waited for this stage, and not this stage for the pipeline.
    [[nodiscard]] double active() const;
};

/// What a channel has seen.
struct channel_shares {
    std::size_t looks = 0; ///< that told something
    double full = 0;       ///< the part of them
    double empty = 0;
    double abandoned = 0;
    channel_sample last{};
    std::optional<std::uint64_t> moved{}; ///< bytes in this window, at most
    bool exact = false;                   ///< `moved` is just that
};

/// Collects looks at one pipeline.
class window {
public:
    /// One more. `pipeline` may change from look to look: stages are told apart by their first process.
    void add(const graph& pipeline, const sample& seen);
    /// Forgets all but the last look, from which the next window counts on.
    void restart();

    [[nodiscard]] std::size_t looks() const { return looks_; }
    [[nodiscard]] std::chrono::nanoseconds length() const { return last_.at - first_; }
    [[nodiscard]] const graph& pipeline() const { return pipeline_; }
    [[nodiscard]] const sample& last() const { return last_; }
    [[nodiscard]] stage_shares stage(std::size_t index) const;
    [[nodiscard]] channel_shares channel(const channel_id& which) const;
    /// How often in a row the last looks have shown nothing move: no byte, and no thread on a processor.
    [[nodiscard]] std::size_t still() const { return still_; }
    /// Grows when bytes move, by what the counters of processes and the channels tell: restart() does not reset it.
    [[nodiscard]] std::uint64_t bytes_moved() const { return bytes_moved_; }

private:
    struct stage_count {
        std::array<std::size_t, kinds_of_doing> moments{};
        std::map<std::string, std::size_t> reasons;
        std::map<channel_id, std::size_t> waits;
        std::uint64_t on_cpu = 0;
        std::uint64_t queued = 0;
        std::uint64_t reaped = 0; ///< of children that were waited for
        std::uint64_t gone = 0;   ///< of those among them that had been seen
        bool timed = false;       ///< the system tells on_cpu
        bool was_fed = false;
        bool has_fed = false;
    };
    struct channel_count {
        std::size_t looks = 0;
        std::size_t full = 0;
        std::size_t empty = 0;
        std::size_t abandoned = 0;
        std::optional<std::uint64_t> unread_before;
    };
    struct bytes {
        std::uint64_t read = 0;
        std::uint64_t written = 0;
    };

    void count_times(const sample& seen);
    void count_children(const sample& seen);
    void count_bytes(const process_sample& process);
    void count_channels(const sample& seen);
    [[nodiscard]] std::optional<std::uint64_t> moved_by(const std::vector<hold>& holders, bool writing) const;

    graph pipeline_;
    graph before_; ///< that of the last look
    sample last_;
    std::chrono::nanoseconds first_{};
    std::size_t looks_ = 0;
    std::size_t still_ = 0;
    bool moved_now_ = false;
    std::uint64_t bytes_moved_ = 0;
    std::map<process_id, stage_count> stages_;
    std::map<channel_id, channel_count> channels_;
    std::map<process_id, bytes> moved_;
    std::map<process_id, bool> splices_; ///< it has been seen in such a call
};

} // namespace windpipe_tool::xray

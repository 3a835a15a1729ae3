// graph.hpp - which processes make up a pipeline, and what joins them.
#pragma once

#include "xray/sample.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool::xray {

/// A process that has an end of a channel.
struct hold {
    process_id pid = 0;
    int descriptor = -1;
    std::optional<std::size_t> stage{}; ///< nothing: the process is not of the pipeline, but joined to it
};

/// One part of the pipeline: a process, with those that it has started for the same work.
struct stage {
    std::string name;                  ///< for people
    std::vector<process_id> processes; ///< the one that began it first; none: it has ended
    process_id begun_by = 0;           ///< that one, also if it has ended
};

/// Whether a channel between these two is of the way that the bytes of a pipeline go: standard output of one, or
/// standard input of the other. Errors are not, and not the way back through a socket that is a standard stream.
[[nodiscard]] constexpr bool carries_on(const hold& writer, const hold& reader) {
    return writer.descriptor != 2 && (writer.descriptor == 1 || reader.descriptor == 0);
}

/// A channel between stages, or between a stage and a process outside.
struct link {
    channel_id channel;
    std::vector<hold> writers;
    std::vector<hold> readers;
};

struct graph {
    std::vector<stage> stages; ///< in the direction of the bytes, as far as there is one
    std::vector<link> links;   ///< in the order of the stages that write to them
    /// All of the stages, those outside that are joined to them, and the shells that only wait for stages.
    std::map<process_id, process_facts> processes;
    /// Who has the ends that none of these has: "windpipe", where its relays stand between the stages.
    std::string holder_not_seen = "nobody";
    /// How many processes may have an end of a channel of the pipeline, but keep from this user what they have.
    std::size_t unseen = 0;

    [[nodiscard]] const link* find(const channel_id& channel) const;
    /// Which stage a process is of.
    [[nodiscard]] std::optional<std::size_t> stage_of(process_id pid) const;
};

/// The pipeline that the process `from` or its descendants belong to: from there along every channel that is a standard
/// stream of a process at one of its ends. A process that is met by another descriptor of its own (who has started the
/// pipeline, and reads what comes out) is outside, and not followed: it may lead everywhere.
///
/// *Returns*: no stage if `from` is not there; one without a link where nothing is joined.
graph pipeline_of(const std::vector<process_facts>& all, process_id from);

/// The same where the stages are known, by the process of each; what these have started belongs to them. One that has
/// ended stays as a stage without a process.
graph pipeline_of_stages(const std::vector<process_facts>& all, const std::vector<process_id>& stages);

} // namespace windpipe_tool::xray

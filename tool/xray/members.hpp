// members.hpp - which processes are joined by channels.
#pragma once

#include "xray/graph.hpp"

#include <map>
#include <set>
#include <vector>

namespace windpipe_tool::xray {

/// All processes, to be asked by pid, parent and channel.
class population {
public:
    explicit population(const std::vector<process_facts>& all);

    [[nodiscard]] const process_facts* find(process_id pid) const;
    [[nodiscard]] const std::vector<process_id>& children(process_id pid) const;
    /// `pid` and all that come from it, parents first.
    [[nodiscard]] std::vector<process_id> family(process_id pid) const;
    /// Who writes to a channel, or reads it.
    [[nodiscard]] const std::vector<hold>& holders(const channel_id& channel, bool writing) const;

private:
    std::map<process_id, const process_facts*> by_pid_;
    std::map<process_id, std::vector<process_id>> children_;
    std::map<channel_id, std::vector<hold>> writers_;
    std::map<channel_id, std::vector<hold>> readers_;
};

struct members {
    std::set<process_id> inside;  ///< of the pipeline
    std::set<process_id> outside; ///< joined to it
};

/// See pipeline_of().
members find_members(const population& all, process_id from);

/// Adds to `found.outside` who else has an end of a pipe of a member, or of a socket that is a standard stream of one.
void add_outsiders(const population& all, members& found);

/// The channel that a standard stream of a process is; nothing for another thing.
std::optional<channel_id> stream_channel(const process_facts& process, int descriptor);

} // namespace windpipe_tool::xray

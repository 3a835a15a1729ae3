#include "xray/members.hpp"

#include <algorithm>

namespace windpipe_tool::xray {

namespace {

const std::vector<process_id> no_process;
const std::vector<hold> no_hold;

template <class Map>
const typename Map::mapped_type& value_or(const Map& map, const typename Map::key_type& key,
                                          const typename Map::mapped_type& otherwise) {
    const auto found = map.find(key);
    return found != map.end() ? found->second : otherwise;
}

} // namespace

population::population(const std::vector<process_facts>& all) {
    for (const process_facts& process : all) {
        by_pid_[process.pid] = &process;
        children_[process.parent].push_back(process.pid);
        for (const open_end& end : process.ends) {
            if (end.writes) {
                writers_[end.channel].push_back({process.pid, end.descriptor});
            }
            if (end.reads) {
                readers_[end.channel].push_back({process.pid, end.descriptor});
            }
        }
    }
}

const process_facts* population::find(process_id pid) const { return value_or(by_pid_, pid, nullptr); }

const std::vector<process_id>& population::children(process_id pid) const {
    return value_or(children_, pid, no_process);
}

std::vector<process_id> population::family(process_id pid) const {
    std::vector<process_id> found;
    if (find(pid) != nullptr) {
        found.push_back(pid);
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (const process_id child : children(found[i])) {
            if (std::ranges::find(found, child) == found.end()) { // parents read at different times could be a circle
                found.push_back(child);
            }
        }
    }
    return found;
}

const std::vector<hold>& population::holders(const channel_id& channel, bool writing) const {
    return value_or(writing ? writers_ : readers_, channel, no_hold);
}

std::optional<channel_id> stream_channel(const process_facts& process, int descriptor) {
    const auto end = std::ranges::find_if(process.ends, [&](const open_end& each) {
        return each.descriptor == descriptor && (descriptor == 0 ? each.reads : each.writes);
    });
    return end != process.ends.end() ? std::optional(end->channel) : std::nullopt;
}

members find_members(const population& all, process_id from) {
    members found;
    std::vector<process_id> next = all.family(from);
    found.inside.insert(next.begin(), next.end());
    while (!next.empty()) {
        const process_facts& process = *all.find(next.back());
        next.pop_back();
        for (const open_end& end : process.ends) {
            for (const bool writing : {false, true}) {
                if (!(writing ? end.reads : end.writes)) {
                    continue; // who writes to what it reads, and the other way round
                }
                for (const hold& other : all.holders(end.channel, writing)) {
                    const bool is_stream =
                        writing ? other.descriptor == 1 || other.descriptor == 2 : other.descriptor == 0;
                    if (is_stream && found.inside.insert(other.pid).second) {
                        next.push_back(other.pid);
                    }
                }
            }
        }
    }
    const std::set<process_id> joined = found.inside;
    for (const process_id pid : joined) {
        const auto family = all.family(pid);
        found.inside.insert(family.begin(), family.end());
    }
    add_outsiders(all, found);
    return found;
}

void add_outsiders(const population& all, members& found) {
    for (const process_id pid : found.inside) {
        for (const open_end& end : all.find(pid)->ends) {
            if (end.descriptor > 2 && end.channel.kind == channel_kind::socket) {
                continue; // it may lead to a service that has nothing to do with this
            }
            for (const bool writing : {false, true}) {
                for (const hold& other : all.holders(end.channel, writing)) {
                    if (!found.inside.contains(other.pid)) {
                        found.outside.insert(other.pid);
                    }
                }
            }
        }
    }
}

} // namespace windpipe_tool::xray

#include "xray/graph.hpp"

#include "xray/members.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace windpipe_tool::xray {

namespace {

/// Whether `child` works for the same stage as `parent`: it has no channel of its own as a standard stream.
bool works_for(const process_facts& child, const process_facts& parent) {
    const auto same = [&](int descriptor) {
        const auto own = stream_channel(child, descriptor);
        return !own || own == stream_channel(parent, descriptor);
    };
    return same(0) && same(1);
}

/// The processes of each stage, by the one that began it.
using groups = std::map<process_id, std::vector<process_id>>;

groups group(const population& all, const std::set<process_id>& inside) {
    groups found;
    std::map<process_id, process_id> leader;
    for (const process_id first : inside) {
        if (inside.contains(all.find(first)->parent)) {
            continue;
        }
        for (const process_id pid : all.family(first)) { // parents first
            if (!inside.contains(pid)) {
                continue;
            }
            const process_facts& process = *all.find(pid);
            const auto above = leader.find(process.parent);
            const bool joins = pid != first && above != leader.end() && works_for(process, *all.find(above->second));
            leader[pid] = joins ? above->second : pid;
            found[leader[pid]].push_back(pid);
        }
    }
    return found;
}

/// Whether others hold all that these processes hold of the pipeline, and some of them come from these: then these only
/// wait for them.
bool only_waits(const population& all, const groups& every, process_id leader) {
    const auto& own = every.at(leader);
    const auto family = all.family(leader);
    const bool has_stages =
        std::ranges::any_of(family, [&](process_id pid) { return pid != leader && every.contains(pid); });
    const auto is_held = [&](const open_end& end) {
        const auto by_other = [&](const hold& each) {
            return std::ranges::find(own, each.pid) == own.end() && std::ranges::any_of(every, [&](const auto& group) {
                       return std::ranges::find(group.second, each.pid) != group.second.end();
                   });
        };
        const auto& opposite = all.holders(end.channel, !end.writes);
        return std::ranges::none_of(opposite, by_other) ||
               std::ranges::any_of(all.holders(end.channel, end.writes), by_other);
    };
    return has_stages &&
           std::ranges::all_of(own, [&](process_id pid) { return std::ranges::all_of(all.find(pid)->ends, is_held); });
}

std::string name_of(const population& all, const std::vector<process_id>& processes) {
    std::string name = all.find(processes[0])->name;
    for (std::size_t i = 1; i < processes.size(); ++i) {
        const process_facts& process = *all.find(processes[i]);
        if (process.parent != processes[i - 1]) {
            return all.find(processes[0])->name + " and " + std::to_string(processes.size() - 1) + " more";
        }
        name += " > " + process.name;
    }
    return name;
}

/// Fills in what the stages alone decide.
class builder {
public:
    builder(const population& all, graph& made) : all_(all), made_(made) {}

    void add_stage(process_id begun_by, const std::vector<process_id>& processes) {
        made_.stages.push_back({processes.empty() ? "" : name_of(all_, processes), processes, begun_by});
    }

    void add_processes(const members& found) {
        for (const auto& set : {found.inside, found.outside}) {
            for (const process_id pid : set) {
                made_.processes[pid] = *all_.find(pid);
            }
        }
    }

    /// Who began after the first of the pipeline may have inherited from it. Threads of the kernel, which come from
    /// process 2, have nothing.
    void count_unseen(const std::vector<process_facts>& everybody) {
        std::uint64_t first = ~0ULL;
        for (const stage& each : made_.stages) {
            for (const process_id pid : each.processes) {
                first = std::min(first, all_.find(pid)->began);
            }
        }
        made_.unseen = static_cast<std::size_t>(std::ranges::count_if(everybody, [&](const process_facts& each) {
            return !each.ends_known && each.state != 'Z' && each.pid != 2 && each.parent != 2 && each.began >= first;
        }));
    }

    void add_links() {
        std::set<channel_id> seen;
        for (const stage& each : made_.stages) {
            for (const process_id pid : each.processes) {
                for (const open_end& end : all_.find(pid)->ends) {
                    if (seen.insert(end.channel).second) {
                        add_link(end.channel);
                    }
                }
            }
        }
    }

    /// In the direction of the bytes; where they run in a circle, as the processes were begun.
    void sort_stages() {
        std::vector<stage> sorted;
        std::vector<stage> left = std::move(made_.stages);
        while (!left.empty()) {
            auto next = std::ranges::find_if(left, [&](const stage& each) { return !is_fed_by(each, left); });
            next = next != left.end() ? next : left.begin();
            sorted.push_back(std::move(*next));
            left.erase(next);
        }
        made_.stages = std::move(sorted);
    }

private:
    /// Standard error decides no order.
    [[nodiscard]] bool is_fed_by(const stage& one, const std::vector<stage>& others) const {
        const auto writes_to_one = [&](const process_id pid) {
            return std::ranges::any_of(all_.find(pid)->ends, [&](const open_end& end) {
                const auto reads = [&](const hold& each) {
                    return std::ranges::find(one.processes, each.pid) != one.processes.end() &&
                           carries_on({pid, end.descriptor}, each);
                };
                return end.writes && std::ranges::any_of(all_.holders(end.channel, false), reads);
            });
        };
        return std::ranges::any_of(others, [&](const stage& other) {
            return other.processes != one.processes && std::ranges::any_of(other.processes, writes_to_one);
        });
    }

    [[nodiscard]] std::vector<hold> known(std::vector<hold> holders) const {
        std::erase_if(holders, [&](const hold& each) { return !made_.processes.contains(each.pid); });
        for (hold& each : holders) {
            each.stage = made_.stage_of(each.pid);
        }
        return holders;
    }

    void add_link(const channel_id& channel) {
        link made{channel, known(all_.holders(channel, true)), known(all_.holders(channel, false))};
        std::set<std::pair<bool, std::size_t>> sides; // outside, or the stage
        for (const auto* const holders : {&made.writers, &made.readers}) {
            for (const hold& each : *holders) {
                sides.insert({!each.stage, each.stage.value_or(each.pid)});
            }
        }
        const bool is_stream =
            std::ranges::any_of(made.writers, [](const hold& each) { return each.descriptor < 3; }) ||
            std::ranges::any_of(made.readers, [](const hold& each) { return each.descriptor == 0; });
        const auto has_stage = [](const std::vector<hold>& holders) {
            return std::ranges::any_of(holders, [](const hold& each) { return each.stage.has_value(); });
        };
        // A descriptor that all have inherited, and that is no stream of anybody, joins nothing.
        const bool is_between = sides.size() > 1 && has_stage(made.writers) && has_stage(made.readers);
        if (is_between || (is_stream && !sides.empty())) {
            made_.links.push_back(std::move(made));
        }
    }

    const population& all_;
    graph& made_;
};

} // namespace

const link* graph::find(const channel_id& channel) const {
    const auto found = std::ranges::find(links, channel, &link::channel);
    return found != links.end() ? &*found : nullptr;
}

std::optional<std::size_t> graph::stage_of(process_id pid) const {
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (std::ranges::find(stages[i].processes, pid) != stages[i].processes.end()) {
            return i;
        }
    }
    return std::nullopt;
}

graph pipeline_of(const std::vector<process_facts>& all, process_id from) {
    const population everybody(all);
    graph made;
    if (everybody.find(from) == nullptr) {
        return made;
    }
    const members found = find_members(everybody, from);
    builder build(everybody, made);
    const groups every = group(everybody, found.inside);
    for (const auto& [leader, processes] : every) {
        if (!only_waits(everybody, every, leader)) {
            build.add_stage(leader, processes);
        }
    }
    build.add_processes(found);
    build.sort_stages();
    build.add_links();
    build.count_unseen(all);
    return made;
}

graph pipeline_of_stages(const std::vector<process_facts>& all, const std::vector<process_id>& stages) {
    const population everybody(all);
    graph made;
    builder build(everybody, made);
    members found;
    for (const process_id pid : stages) {
        const auto family = everybody.family(pid);
        build.add_stage(pid, family);
        found.inside.insert(family.begin(), family.end());
    }
    add_outsiders(everybody, found);
    build.add_processes(found);
    build.add_links();
    build.count_unseen(all);
    return made;
}

} // namespace windpipe_tool::xray

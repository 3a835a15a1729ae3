#include "xray/deadlock.hpp"

#include "xray/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace windpipe_tool::xray {

namespace {

/// What one thread waits for, and who could end it.
struct wait {
    activity doing = activity::unknown;
    int descriptor = -1;
    std::optional<channel_id> channel{};
    std::vector<hold> relief;
};

/// Who waits for whom at one moment.
class wait_graph {
public:
    wait_graph(const graph& pipeline, const sample& seen) : pipeline_(pipeline), seen_(seen) {
        for (const auto& [pid, facts] : pipeline.processes) {
            auto waits = waits_of(pid);
            if (!waits.empty()) {
                stuck_[pid] = std::move(waits);
            }
        }
        while (std::erase_if(stuck_, [&](const auto& each) { return can_go_on(each.second); }) != 0) {
        }
    }

    [[nodiscard]] circle find_circle() const {
        if (stuck_.empty()) {
            return {};
        }
        std::vector<process_id> way{stuck_.begin()->first};
        while (true) {
            const process_id next = stuck_.at(way.back()).front().relief.front().pid;
            const auto again = std::ranges::find(way, next);
            if (again != way.end()) {
                return describe({again, way.end()});
            }
            way.push_back(next);
        }
    }

private:
    /// None if one of the threads may go on by itself.
    [[nodiscard]] std::vector<wait> waits_of(process_id pid) const {
        const auto process = seen_.processes.find(pid);
        if (process == seen_.processes.end() || process->second.threads.empty()) {
            return {};
        }
        std::vector<wait> waits;
        for (const thread_sample& thread : process->second.threads) {
            if (thread.doing == activity::threads) {
                continue; // another thread has to wake it, and that is looked at as well
            }
            wait one{thread.doing, thread.descriptor, thread.channel, relief_of(pid, thread)};
            if (one.relief.empty()) {
                return {};
            }
            waits.push_back(std::move(one));
        }
        return waits;
    }

    [[nodiscard]] std::vector<hold> relief_of(process_id pid, const thread_sample& thread) const {
        if (thread.doing == activity::child) {
            std::vector<hold> children;
            for (const auto& [other, facts] : pipeline_.processes) {
                if (facts.parent == pid && facts.state != 'Z') {
                    children.push_back({other, -1});
                }
            }
            return children;
        }
        const bool writes = thread.doing == activity::writes;
        const link* const found = thread.channel ? pipeline_.find(*thread.channel) : nullptr;
        if (found == nullptr || (!writes && thread.doing != activity::reads)) {
            return {};
        }
        const auto state = seen_.channels.find(*thread.channel);
        if (state != seen_.channels.end() &&
            (writes ? !state->second.full.value_or(true) : state->second.unread.value_or(0) != 0)) {
            return {}; // it is about to wake
        }
        std::vector<hold> relief = writes ? found->readers : found->writers;
        std::ranges::stable_partition(relief, [&](const hold& each) { return each.pid != pid; });
        return relief;
    }

    [[nodiscard]] bool can_go_on(const std::vector<wait>& waits) const {
        return std::ranges::any_of(waits, [&](const wait& each) {
            return std::ranges::any_of(each.relief, [&](const hold& other) { return !stuck_.contains(other.pid); });
        });
    }

    [[nodiscard]] circle describe(const std::vector<process_id>& way) const {
        circle found;
        for (const process_id pid : way) {
            const wait& first = stuck_.at(pid).front();
            found.push_back({.pid = pid,
                             .doing = first.doing,
                             .descriptor = first.descriptor,
                             .channel = first.channel,
                             .for_whom = first.relief.front().pid,
                             .their_descriptor = first.relief.front().descriptor,
                             .others_too = first.relief.size() - 1});
        }
        return found;
    }

    const graph& pipeline_;
    const sample& seen_;
    std::map<process_id, std::vector<wait>> stuck_;
};

/// Whether every thread of a process has slept since: the system counts the time it runs.
bool has_slept(process_id pid, const sample& before, const sample& now) {
    const auto then = before.processes.find(pid);
    const auto since = now.processes.find(pid);
    return then != before.processes.end() && since != now.processes.end() &&
           std::ranges::equal(then->second.threads, since->second.threads,
                              [](const thread_sample& one, const thread_sample& other) {
                                  return one.tid == other.tid && one.doing == other.doing && one.on_cpu == other.on_cpu;
                              });
}

std::string waits_for(const waiter& one, const sample& now) {
    if (one.doing == activity::child) {
        return "waits for its child to end";
    }
    const auto state = one.channel ? now.channels.find(*one.channel) : now.channels.end();
    const channel_sample facts = state != now.channels.end() ? state->second : channel_sample();
    return fmt::format("waits to {} {} ({}: {})", one.doing == activity::writes ? "write to" : "read from",
                       stream_name(one.descriptor), channel_name(*one.channel), fill_text(facts));
}

std::string which_only(const waiter& one, const graph& pipeline) {
    const std::string whom = one.for_whom == one.pid ? "it" : process_name(pipeline, one.for_whom);
    const std::string others = one.others_too != 0 ? fmt::format(" and {} more", one.others_too) : "";
    if (one.doing == activity::child) {
        return fmt::format("which is {}", whom + others);
    }
    const std::string by = one.their_descriptor >= 0 ? " by " + stream_name(one.their_descriptor) : "";
    return fmt::format("which only {} can {}{}{}", whom + others, one.doing == activity::writes ? "empty" : "fill", by,
                       one.for_whom == one.pid ? " of its own" : "");
}

} // namespace

std::optional<circle> deadlock_in(const graph& pipeline, const sample& before, const sample& now) {
    if (pipeline.unseen != 0 || before.at == now.at) {
        return std::nullopt;
    }
    circle found = wait_graph(pipeline, now).find_circle();
    const circle then = wait_graph(pipeline, before).find_circle();
    const bool same = std::ranges::equal(found, then, {}, &waiter::pid, &waiter::pid);
    const auto slept = [&](const waiter& each) { return has_slept(each.pid, before, now); };
    if (found.empty() || !same || !std::ranges::all_of(found, slept)) {
        return std::nullopt;
    }
    return found;
}

std::vector<std::string> text_of(const circle& found, const graph& pipeline, const sample& now) {
    std::vector<std::string> lines;
    for (const waiter& each : found) {
        lines.push_back(fmt::format("{} {}, {}", process_name(pipeline, each.pid), waits_for(each, now),
                                    which_only(each, pipeline)));
    }
    return lines;
}

} // namespace windpipe_tool::xray

#include "xray/sampler.hpp"

#include <algorithm>
#include <utility>

namespace windpipe_tool::xray {

namespace {

using clock = std::chrono::steady_clock;

/// At least that long between two searches through all processes, and so long that they take a fiftieth of the time.
constexpr std::chrono::seconds between_searches{1};
/// A circle has to stand for so long.
constexpr std::chrono::milliseconds long_enough{100};

} // namespace

sampler::sampler(observer eyes, process_id from) : eyes_(std::move(eyes)), from_(from) {}

sampler::sampler(observer eyes, std::vector<process_id> stages, std::vector<std::string> names, bool relayed)
    : eyes_(std::move(eyes)), stages_(std::move(stages)), names_(std::move(names)), relayed_(relayed) {}

bool sampler::is_due() const {
    const auto age = clock::now() - found_at_;
    const auto least =
        std::max<clock::duration>(50 * search_took_, changed_ ? std::chrono::milliseconds(100) : between_searches);
    return found_at_ == clock::time_point() || age >= least;
}

windpipe::result<void> sampler::find_all() {
    const auto begin = clock::now();
    if (!stages_.empty() && found_at_ == clock::time_point()) {
        find_stages();
        if (!everybody_.empty()) {
            return {};
        }
    }
    auto all = eyes_.everybody();
    if (!all) {
        return std::unexpected(std::move(all).error());
    }
    everybody_ = std::move(*all);
    make_graph();
    found_at_ = clock::now();
    search_took_ = found_at_ - begin;
    changed_ = false;
    return {};
}

/// At first only the stages themselves, so that even a short run is seen.
void sampler::find_stages() {
    std::vector<process_id> next = stages_;
    while (!next.empty()) {
        const process_id pid = next.back();
        next.pop_back();
        if (auto facts = eyes_.identify(pid)) {
            everybody_.push_back(std::move(*facts));
            const auto children = eyes_.children(pid);
            next.insert(next.end(), children.begin(), children.end());
        }
    }
    make_graph();
    found_at_ = clock::now();
    changed_ = false;
}

/// A stage that waits for a child has started one, perhaps since the last search.
void sampler::find_new() {
    std::vector<process_id> parents;
    for (const auto& [pid, process] : window_.last().processes) {
        if (graph_.stage_of(pid) && std::ranges::any_of(process.threads, [](const thread_sample& each) {
                return each.doing == activity::child;
            })) {
            parents.push_back(pid);
        }
    }
    bool found = false;
    for (const process_id parent : parents) {
        for (const process_id child : eyes_.children(parent)) {
            auto facts = graph_.processes.contains(child) ? std::nullopt : eyes_.identify(child);
            if (facts) {
                std::erase_if(everybody_, [&](const process_facts& each) { return each.pid == child; });
                everybody_.push_back(std::move(*facts));
                found = true;
            }
        }
    }
    if (found) {
        make_graph();
    }
}

void sampler::make_graph() {
    process_id from = from_;
    const auto is_there = [&](process_id pid) {
        return std::ranges::find(everybody_, pid, &process_facts::pid) != everybody_.end();
    };
    if (stages_.empty() && !is_there(from)) { // the others go on without the one that was named
        for (const stage& each : graph_.stages) {
            const auto left = std::ranges::find_if(each.processes, is_there);
            from = left != each.processes.end() ? *left : from;
        }
    }
    graph found = stages_.empty() ? pipeline_of(everybody_, from) : pipeline_of_stages(everybody_, stages_);
    if (stages_.empty() && found.links.empty() && !graph_.links.empty()) {
        return; // it has ended: what it was is still to be told
    }
    graph_ = std::move(found);
    if (relayed_) {
        graph_.holder_not_seen = "windpipe";
    }
    if (!stages_.empty()) { // error streams that nobody else reads are ours, and always emptied
        std::erase_if(graph_.links, [](const link& each) {
            return each.readers.empty() &&
                   std::ranges::all_of(each.writers, [](const hold& one) { return one.descriptor == 2; });
        });
    }
    for (std::size_t i = 0; i < std::min(names_.size(), graph_.stages.size()); ++i) {
        graph_.stages[i].name = names_[i].empty() ? graph_.stages[i].name : names_[i];
    }
    note_readers(graph_, readers_);
    make_probes();
}

void sampler::make_probes() {
    std::erase_if(probes_, [&](const auto& each) { return graph_.find(each.first) == nullptr; });
    for (const link& each : graph_.links) {
        if (probes_.contains(each.channel)) {
            continue;
        }
        for (const auto* const holders : {&each.writers, &each.readers}) {
            for (const hold& holder : *holders) {
                const open_end end{holder.descriptor, each.channel, holders == &each.readers, holders == &each.writers};
                probe made(holder.pid, end);
                if (made.can_look()) {
                    probes_.try_emplace(each.channel, std::move(made));
                }
            }
        }
    }
}

windpipe::result<void> sampler::look() {
    if (is_due()) {
        if (auto found = find_all(); !found) {
            return found;
        }
    } else {
        find_new();
    }
    sample seen;
    seen.at = clock::now().time_since_epoch();
    for (const auto& [pid, facts] : graph_.processes) {
        process_sample process = eyes_.look(facts);
        changed_ = changed_ || process.threads.empty();
        seen.processes.emplace(pid, std::move(process));
    }
    for (const auto& [channel, each] : probes_) {
        seen.channels.emplace(channel, each.look());
    }
    window_.add(graph_, seen);
    recent_.add(graph_, seen);
    find_deadlock();
    return {};
}

void sampler::find_deadlock() {
    const sample& now = window_.last();
    deadlock_ = still_since_ ? deadlock_in(graph_, *still_since_, now) : std::nullopt;
    if (window_.still() == 0) {
        still_since_.reset();
    } else if (!still_since_) {
        still_since_ = now;
    }
    if (deadlock_ && (!still_since_ || now.at - still_since_->at < long_enough)) {
        deadlock_.reset();
    }
}

bool sampler::alive() const {
    return std::ranges::any_of(graph_.stages, [&](const stage& each) {
        return std::ranges::any_of(each.processes, [&](process_id pid) {
            const auto process = window_.last().processes.find(pid);
            return process != window_.last().processes.end() &&
                   std::ranges::any_of(process->second.threads,
                                       [](const thread_sample& thread) { return thread.doing != activity::ended; });
        });
    });
}

std::optional<file_position> sampler::input() const {
    return graph_.stages.empty() ? std::nullopt : eyes_.input_of(graph_.stages.front().begun_by);
}

std::chrono::nanoseconds sampler::pause(std::chrono::nanoseconds usual) {
    std::uniform_int_distribution<std::int64_t> around(usual.count() * 3 / 4, usual.count() * 5 / 4);
    return std::chrono::nanoseconds(around(dice_));
}

} // namespace windpipe_tool::xray

#include "xray/window.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace windpipe_tool::xray {

namespace {

template <class Map>
typename Map::key_type most_frequent(const Map& counts) {
    const auto most = std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
    return most != counts.end() ? most->first : typename Map::key_type();
}

double part(std::size_t count, std::size_t all) {
    return all != 0 ? static_cast<double>(count) / static_cast<double>(all) : 0.0;
}

const thread_sample* find_thread(const sample& seen, process_id pid, std::uint32_t tid) {
    const auto process = seen.processes.find(pid);
    if (process == seen.processes.end()) {
        return nullptr;
    }
    const auto thread = std::ranges::find(process->second.threads, tid, &thread_sample::tid);
    return thread != process->second.threads.end() ? &*thread : nullptr;
}

/// Moves bytes that no counter of the process counts.
bool is_splice(std::string_view call) {
    constexpr std::string_view names[] = {"splice", "tee", "vmsplice", "sendfile"};
    return std::ranges::find(names, call) != std::end(names);
}

/// How far a counter has come; one that was not seen before counts from `start`.
std::uint64_t advance(const std::optional<std::uint64_t>& now, const std::optional<std::uint64_t>& before) {
    return now && before && *now > *before ? *now - *before : 0;
}

/// Whether another stage is at the other side.
bool is_fed(const graph& pipeline, std::size_t stage, bool downstream) {
    return std::ranges::any_of(pipeline.links, [&](const link& each) {
        const auto& own = downstream ? each.writers : each.readers;
        const auto& theirs = downstream ? each.readers : each.writers;
        const auto joins = [&](const hold& one, const hold& other) {
            return one.stage == stage && other.stage && other.stage != stage &&
                   (downstream ? carries_on(one, other) : carries_on(other, one));
        };
        return std::ranges::any_of(own, [&](const hold& one) {
            return std::ranges::any_of(theirs, [&](const hold& other) { return joins(one, other); });
        });
    });
}

} // namespace

double stage_shares::active() const { return std::min(1.0, on_cpu + queued) + slept; }

void window::restart() {
    stages_.clear();
    channels_.clear();
    moved_.clear();
    looks_ = 0;
    first_ = last_.at;
}

void window::add(const graph& pipeline, const sample& seen) {
    before_ = pipeline_;
    pipeline_ = pipeline;
    moved_now_ = false;
    if (last_.at != std::chrono::nanoseconds(0)) {
        count_times(seen);
        count_children(seen);
    } else {
        first_ = seen.at;
    }
    for (std::size_t i = 0; i < pipeline_.stages.size(); ++i) {
        stage_count& count = stages_[pipeline_.stages[i].begun_by];
        const stage_moment moment = moment_of(pipeline_, i, seen);
        ++count.moments[static_cast<std::size_t>(moment.what)];
        count.was_fed = count.was_fed || is_fed(pipeline_, i, false);
        count.has_fed = count.has_fed || is_fed(pipeline_, i, true);
        moved_now_ = moved_now_ || moment.what == doing::runs;
        if (moment.what == doing::sleeps) {
            ++count.reasons[moment.why];
        }
        if (moment.channel) {
            ++count.waits[*moment.channel];
        }
    }
    count_channels(seen);
    still_ = moved_now_ ? 0 : still_ + 1;
    last_ = seen;
    ++looks_;
}

void window::count_times(const sample& seen) {
    for (const auto& [pid, process] : seen.processes) {
        count_bytes(process);
        const auto stage = pipeline_.stage_of(pid);
        for (const thread_sample& thread : process.threads) {
            const thread_sample* const before = find_thread(last_, pid, thread.tid);
            // A thread that was not there before has begun since, if the stage was there: all of its time is new.
            const bool is_new =
                before == nullptr && stage && last_.processes.contains(pipeline_.stages[*stage].begun_by);
            const std::optional<std::uint64_t> zero = is_new ? std::optional<std::uint64_t>(0) : std::nullopt;
            std::uint64_t ran = advance(thread.on_cpu, before != nullptr ? before->on_cpu : zero);
            if (before == nullptr && ran > static_cast<std::uint64_t>((seen.at - last_.at).count())) {
                ran = 0; // longer than it can have been there: it has only not been seen before
            }
            splices_[pid] = splices_[pid] || is_splice(thread.call);
            moved_now_ = moved_now_ || ran != 0;
            if (stage) {
                stage_count& count = stages_[pipeline_.stages[*stage].begun_by];
                count.on_cpu += ran;
                count.queued += advance(thread.in_queue, before != nullptr ? before->in_queue : zero);
                count.timed = count.timed || thread.on_cpu.has_value();
            }
        }
    }
}

/// A stage that does its work by short programs, of which most are not met by a look, has used what they have used.
void window::count_children(const sample& seen) {
    for (const auto& [pid, process] : seen.processes) {
        const auto stage = pipeline_.stage_of(pid);
        const auto before = last_.processes.find(pid);
        if (stage && before != last_.processes.end() && before->second.began == process.began) {
            stage_count& count = stages_[pipeline_.stages[*stage].begun_by];
            count.reaped += advance(process.children_cpu, before->second.children_cpu);
        }
    }
    for (const auto& [pid, process] : last_.processes) {
        const auto now = seen.processes.find(pid);
        const bool has_ended = !process.threads.empty() && (now == seen.processes.end() || now->second.threads.empty());
        const auto facts = before_.processes.find(pid);
        const auto stage = before_.stage_of(pid);
        if (has_ended && facts != before_.processes.end() && stage && before_.stage_of(facts->second.parent) == stage) {
            stages_[before_.stages[*stage].begun_by].gone += process.whole_cpu; // its parent has been credited with it
        }
    }
}

void window::count_bytes(const process_sample& process) {
    const auto before = last_.processes.find(process.pid);
    if (before == last_.processes.end() || before->second.began != process.began) {
        return;
    }
    const std::uint64_t read = advance(process.bytes_read, before->second.bytes_read);
    const std::uint64_t written = advance(process.bytes_written, before->second.bytes_written);
    bytes& count = moved_[process.pid];
    count.read += read;
    count.written += written;
    bytes_moved_ += read + written;
}

void window::count_channels(const sample& seen) {
    for (const auto& [channel, state] : seen.channels) {
        channel_count& count = channels_[channel];
        if (!state.unread && !state.full) {
            continue;
        }
        ++count.looks;
        count.full += state.full.value_or(false) ? 1U : 0U;
        count.empty += state.unread == 0U ? 1U : 0U;
        count.abandoned += state.abandoned.value_or(false) ? 1U : 0U;
        const auto before = last_.channels.find(channel);
        const bool known = before != last_.channels.end();
        const bool changed = known && before->second.unread != state.unread;
        moved_now_ = moved_now_ || changed;
        bytes_moved_ += changed ? 1U : 0U; // splice(2) is not counted
        if (!count.unread_before) {
            count.unread_before = known ? before->second.unread : state.unread;
        }
    }
}

stage_shares window::stage(std::size_t index) const {
    stage_shares shares;
    const auto found = stages_.find(pipeline_.stages[index].begun_by);
    if (found == stages_.end()) {
        shares.unknown = 1;
        return shares;
    }
    const stage_count& count = found->second;
    shares.was_fed = count.was_fed;
    shares.has_fed = count.has_fed;
    std::size_t all = 0;
    for (const std::size_t each : count.moments) {
        all += each;
    }
    const auto seen = [&](doing what) { return part(count.moments[static_cast<std::size_t>(what)], all); };
    shares.why = most_frequent(count.reasons);
    if (!count.waits.empty()) {
        shares.waited = most_frequent(count.waits);
    }
    const double time = static_cast<double>(length().count());
    const bool timed = count.timed && time > 0;
    const std::uint64_t by_children = count.reaped - std::min(count.reaped, count.gone);
    shares.on_cpu = timed ? static_cast<double>(count.on_cpu + by_children) / time : seen(doing::runs);
    shares.queued = timed ? static_cast<double>(count.queued) / time : 0;
    // When the processors are busy, the looks meet the stages asleep too seldom or too often: who looks has taken the
    // processor from one of them. How long it ran is counted by the system; the looks tell what it slept for.
    const double asleep = std::max(0.0, 1 - shares.on_cpu - shares.queued);
    const double looks = 1 - seen(doing::runs);
    const double scale = looks > 0 ? asleep / looks : 0;
    shares.starved = seen(doing::starved) * scale;
    shares.blocked = seen(doing::blocked) * scale;
    shares.slept = seen(doing::sleeps) * scale;
    shares.stopped = seen(doing::stopped) * scale;
    shares.ended = seen(doing::ended) * scale;
    shares.unknown = looks > 0 ? seen(doing::unknown) * scale : asleep;
    return shares;
}

std::optional<std::uint64_t> window::moved_by(const std::vector<hold>& holders, bool writing) const {
    std::optional<std::uint64_t> sum;
    for (const hold& each : holders) {
        const auto process = last_.processes.find(each.pid);
        const auto moved = moved_.find(each.pid);
        const auto splices = splices_.find(each.pid);
        if (splices != splices_.end() && splices->second) {
            return std::nullopt;
        }
        if (process != last_.processes.end() && moved != moved_.end() &&
            (writing ? process->second.bytes_written : process->second.bytes_read)) {
            sum = sum.value_or(0) + (writing ? moved->second.written : moved->second.read);
        }
    }
    return sum;
}

channel_shares window::channel(const channel_id& which) const {
    channel_shares shares;
    const auto found = channels_.find(which);
    const auto last = last_.channels.find(which);
    if (last != last_.channels.end()) {
        shares.last = last->second;
    }
    std::int64_t grown = 0;
    if (found != channels_.end()) {
        const channel_count& count = found->second;
        shares.looks = count.looks;
        shares.full = part(count.full, count.looks);
        shares.empty = part(count.empty, count.looks);
        shares.abandoned = part(count.abandoned, count.looks);
        grown = static_cast<std::int64_t>(shares.last.unread.value_or(0)) -
                static_cast<std::int64_t>(count.unread_before.value_or(0));
    }
    const link* const joined = pipeline_.find(which);
    if (joined == nullptr) {
        return shares;
    }
    // Each side counts all that it moves, to whatever it goes; and nothing that it moves by splice(2). What both agree
    // on is true. Where they do not, one of them may be such a one: only the greater is not less than the truth.
    const auto written = moved_by(joined->writers, true);
    auto read = moved_by(joined->readers, false);
    if (read) {
        read = static_cast<std::uint64_t>(std::max<std::int64_t>(0, static_cast<std::int64_t>(*read) + grown));
    }
    if (written && read && *written != 0 && *read != 0) {
        const std::uint64_t least = std::min(*written, *read);
        const std::uint64_t most = std::max(*written, *read);
        shares.exact = most - least <= std::max<std::uint64_t>(131'072, least / 50);
        shares.moved = shares.exact ? least : most;
    } else if (written || read) {
        shares.moved = std::max(written.value_or(0), read.value_or(0));
        shares.exact = *shares.moved == 0 && written && read;
    }
    return shares;
}

} // namespace windpipe_tool::xray

#include "xray/doing.hpp"

#include <algorithm>
#include <array>

namespace windpipe_tool::xray {

namespace {

/// Whether the stage is at one side of a channel and somebody else at the other, and bytes of the pipeline, or errors,
/// go that way: not back through a socket.
bool joins(const link& each, std::size_t stage, bool writing) {
    return std::ranges::any_of(each.writers, [&](const hold& writer) {
        return std::ranges::any_of(each.readers, [&](const hold& reader) {
            const hold& own = writing ? writer : reader;
            const hold& other = writing ? reader : writer;
            return own.stage == stage && other.stage != stage &&
                   (carries_on(writer, reader) || (writing && writer.descriptor == 2));
        });
    });
}

bool has_other(const std::vector<hold>& holders, std::size_t stage) {
    return std::ranges::any_of(holders, [&](const hold& each) { return each.stage != stage; });
}

/// The state of a stage's channels, where its threads do not tell for which they wait.
class surroundings {
public:
    surroundings(const graph& pipeline, std::size_t stage, const sample& seen) {
        for (const link& each : pipeline.links) {
            const auto found = seen.channels.find(each.channel);
            const channel_sample state = found != seen.channels.end() ? found->second : channel_sample();
            if (joins(each, stage, false)) {
                known_ = known_ && state.unread;
                if (state.unread == 0U) {
                    empty_ = each.channel;
                }
            }
            if (joins(each, stage, true)) {
                known_ = known_ && state.full;
                if (state.full.value_or(false) && !state.abandoned.value_or(false)) {
                    full_ = each.channel;
                }
            }
        }
    }

    [[nodiscard]] stage_moment guess(std::string_view otherwise) const {
        if (full_) {
            return {.what = doing::blocked, .channel = full_};
        }
        if (empty_) {
            return {.what = doing::starved, .channel = empty_};
        }
        return known_ ? stage_moment{.what = doing::sleeps, .why = std::string(otherwise)} : stage_moment{};
    }

private:
    std::optional<channel_id> empty_;
    std::optional<channel_id> full_;
    bool known_ = true;
};

std::string subject_of(const thread_sample& thread) {
    const std::string call = thread.call.empty() ? thread.doing == activity::writes ? "write" : "read" : thread.call;
    return thread.subject.empty() ? call : call + " of " + thread.subject;
}

stage_moment moment_of_call(const graph& pipeline, std::size_t stage, const thread_sample& thread,
                            const surroundings& around) {
    const bool writes = thread.doing == activity::writes;
    const link* const found = thread.channel ? pipeline.find(*thread.channel) : nullptr;
    if (found != nullptr && (found->channel.kind != channel_kind::socket || has_other(found->writers, stage) ||
                             has_other(found->readers, stage))) {
        return {.what = writes ? doing::blocked : doing::starved,
                .channel = thread.channel,
                .descriptor = thread.descriptor};
    }
    if (thread.descriptor < 0) {
        return around.guess(subject_of(thread)); // which pipe is not told
    }
    return {.what = doing::sleeps, .why = subject_of(thread)};
}

stage_moment moment_of_thread(const graph& pipeline, std::size_t stage, const thread_sample& thread,
                              const surroundings& around) {
    switch (thread.doing) {
    case activity::running:
        return {.what = doing::runs};
    case activity::reads:
    case activity::writes:
        return moment_of_call(pipeline, stage, thread, around);
    case activity::polls:
        return around.guess("polls something else");
    case activity::asleep:
        return around.guess("asleep");
    case activity::child:
        return {.what = doing::sleeps, .why = "waits for a child"};
    case activity::threads:
        return {.what = doing::sleeps, .why = "waits for a thread"};
    case activity::timer:
        return {.what = doing::sleeps, .why = "waits for time to pass"};
    case activity::disk:
        return {.what = doing::sleeps, .why = "waits for a disk"};
    case activity::other:
        return {.what = doing::sleeps, .why = thread.call.empty() ? "something else" : thread.call};
    case activity::stopped:
        return {.what = doing::stopped};
    case activity::ended:
        return {.what = doing::ended};
    case activity::unknown:
        break;
    }
    return {};
}

/// The lower, the more it counts for the stage.
int rank_of(const stage_moment& moment, activity thread) {
    switch (moment.what) {
    case doing::runs:
        return 0;
    case doing::blocked:
        return 2;
    case doing::starved:
        return 3;
    case doing::sleeps: // a thread that waits for others of its stage says nothing about the stage
        return thread == activity::disk ? 1 : thread == activity::child || thread == activity::threads ? 6 : 4;
    case doing::stopped:
        return 5;
    case doing::unknown:
        return 7;
    case doing::ended:
        break;
    }
    return 8;
}

} // namespace

std::string_view text_of(doing what) {
    constexpr std::array<std::string_view, kinds_of_doing> texts{
        "works", "waits for input", "waits for room", "waits for else", "stopped", "ended", "unknown"};
    return texts[static_cast<std::size_t>(what)];
}

stage_moment moment_of(const graph& pipeline, std::size_t stage, const sample& seen) {
    const surroundings around(pipeline, stage, seen);
    stage_moment best{.what = doing::ended};
    int lowest = rank_of(best, activity::ended);
    for (const process_id pid : pipeline.stages[stage].processes) {
        const auto process = seen.processes.find(pid);
        if (process == seen.processes.end()) {
            continue;
        }
        for (const thread_sample& thread : process->second.threads) {
            stage_moment moment = moment_of_thread(pipeline, stage, thread, around);
            const int rank = rank_of(moment, thread.doing);
            if (rank < lowest) {
                lowest = rank;
                best = std::move(moment);
            }
        }
    }
    return best;
}

} // namespace windpipe_tool::xray

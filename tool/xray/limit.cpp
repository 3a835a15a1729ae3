#include "xray/limit.hpp"

#include "xray/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace windpipe_tool::xray {

namespace {

/// Fewer looks tell too little: a stage that is seen asleep 6 times in a row may just be so.
constexpr std::size_t fewest_looks = 8;
/// A stage for which the pipeline waits is seen to wait for it less than that.
constexpr double active_enough = 0.5;
/// How much more active than any other it has to be.
constexpr double clearly = 0.12;
/// Of what is not known about a stage: not more than that.
constexpr double too_unknown = 0.3;

struct ranked {
    std::size_t stage;
    stage_shares shares;
    double active;
};

/// The stages that have not ended, the most active first.
std::vector<ranked> by_activity(const window& seen) {
    std::vector<ranked> found;
    for (std::size_t i = 0; i < seen.pipeline().stages.size(); ++i) {
        stage_shares shares = seen.stage(i);
        if (shares.ended < 0.5) {
            const double active = shares.active() + shares.stopped;
            found.push_back({i, std::move(shares), active});
        }
    }
    std::ranges::stable_sort(found, std::ranges::greater(), &ranked::active);
    return found;
}

bool has_stage(const std::vector<hold>& holders, std::size_t stage) {
    return std::ranges::any_of(holders, [&](const hold& each) { return each.stage == stage; });
}

limit_reason reason_of(const ranked& best) {
    if (best.shares.stopped > 0.5 * best.active) {
        return limit_reason::stopped;
    }
    const double cpu = std::min(1.0, best.shares.on_cpu);
    if (best.shares.slept > cpu + best.shares.queued) {
        const bool fed = best.shares.was_fed;
        const bool feeds = best.shares.has_fed;
        return !fed && feeds ? limit_reason::source : fed && !feeds ? limit_reason::sink : limit_reason::asleep;
    }
    return best.shares.queued > cpu ? limit_reason::queued : limit_reason::cpu;
}

/// How far the channels between two stages speak for the one behind them (1) or the one before (-1).
double lean(const window& seen, std::size_t before, std::size_t behind) {
    double sum = 0;
    std::size_t count = 0;
    for (const link& each : seen.pipeline().links) {
        if (has_stage(each.writers, before) && has_stage(each.readers, behind)) {
            const channel_shares state = seen.channel(each.channel);
            if (state.looks != 0) {
                sum += state.full - state.empty;
                ++count;
            }
        }
    }
    return count != 0 ? sum / static_cast<double>(count) : 0;
}

/// Of two stages that are nearly as active: the channel between them, if they are neighbours, tells who waits for whom.
bool is_ahead(const window& seen, const ranked& one, const ranked& other) {
    if (one.active - other.active >= clearly) {
        return true;
    }
    const double toward =
        one.stage > other.stage ? lean(seen, other.stage, one.stage) : -lean(seen, one.stage, other.stage);
    return one.active > other.active - clearly && toward > 0.6;
}

/// A stage whose input comes from outside, or whose output goes there, when nobody in the pipeline is active.
limit outside_limit(const window& seen, const std::vector<ranked>& stages) {
    limit found;
    for (const ranked& each : stages) {
        const bool waits_for_input = each.shares.starved > 0.7;
        if ((!waits_for_input && each.shares.blocked <= 0.7) || !each.shares.waited) {
            continue;
        }
        const link* const by = seen.pipeline().find(*each.shares.waited);
        const auto* const others = by == nullptr ? nullptr : waits_for_input ? &by->writers : &by->readers;
        if (others == nullptr || others->empty() ||
            std::ranges::any_of(*others, [](const hold& one) { return one.stage.has_value(); })) {
            continue;
        }
        if (found.outside != 0) {
            return {.unknown_why = "it waits for several processes outside"};
        }
        found.reason = waits_for_input ? limit_reason::source : limit_reason::sink;
        found.outside = others->front().pid;
        found.confidence = std::max(each.shares.starved, each.shares.blocked);
    }
    if (found.outside == 0) {
        found.unknown_why = "every stage waits most of the time, and for no single one";
    }
    return found;
}

void add_head_room(limit& found, const std::vector<ranked>& stages) {
    double most = 0;
    for (const ranked& each : stages) {
        // What it waited for a processor is left out: who limits leaves one free.
        const double needs = std::min(1.0, each.shares.on_cpu) + each.shares.slept;
        if (each.stage != found.stage && each.shares.unknown < too_unknown && needs > most) {
            most = needs;
            found.next = each.stage;
        }
    }
    if (most > 0.01) {
        found.head_room = std::max(1.0, 1 / most);
    }
}

} // namespace

limit limit_of(const window& seen) {
    if (seen.looks() < fewest_looks) {
        return {.unknown_why = "there were too few looks"};
    }
    const std::vector<ranked> stages = by_activity(seen);
    if (stages.empty()) {
        return {.unknown_why = "every stage has ended"};
    }
    if (std::ranges::any_of(stages, [](const ranked& each) { return each.shares.unknown >= too_unknown; })) {
        return {.unknown_why = "what one of the stages does is not told by the system"};
    }
    const ranked* best = stages.data();
    if (best->active < active_enough) {
        return outside_limit(seen, stages);
    }
    if (stages.size() > 1 && stages[1].active > best->active - clearly && is_ahead(seen, stages[1], *best)) {
        best = &stages[1];
    }
    double margin = 1;
    for (const ranked& each : stages) {
        if (&each == best) {
            continue;
        }
        if (!is_ahead(seen, *best, each)) {
            return {.unknown_why =
                        fmt::format("stages {} and {} are both busy, and neither waits for the other",
                                    std::min(best->stage, each.stage) + 1, std::max(best->stage, each.stage) + 1)};
        }
        margin = std::min(margin, best->active - each.active);
    }
    limit found{.reason = reason_of(*best), .stage = best->stage};
    const double enough = std::min(1.0, static_cast<double>(seen.looks()) / 20);
    found.confidence = std::clamp(0.5 + margin, 0.55, 0.99) * (0.6 + 0.4 * enough);
    add_head_room(found, stages);
    return found;
}

std::string text_of(const limit& found, const graph& pipeline, const window& seen) {
    const auto with = [&](const std::string& what) {
        std::string text = fmt::format("{} (confidence {:.2f})", what, found.confidence);
        if (found.head_room && found.next) {
            text += *found.head_room < 1.1
                        ? fmt::format("; {} would limit as much without it", stage_name(pipeline, *found.next))
                        : fmt::format("; without it at most {:.1f} times as fast, then {} limits", *found.head_room,
                                      stage_name(pipeline, *found.next));
        }
        return text;
    };
    const std::string who = found.stage          ? stage_name(pipeline, *found.stage)
                            : found.outside != 0 ? process_name(pipeline, found.outside)
                                                 : "";
    const std::string why = found.stage ? seen.stage(*found.stage).why : "";
    switch (found.reason) {
    case limit_reason::unknown:
        return "unknown what limits: " + found.unknown_why;
    case limit_reason::cpu:
        return with(who + " limits: it needs the processor");
    case limit_reason::queued:
        return with(who + " limits: it is starved of processor time, which others have");
    case limit_reason::asleep:
        return with(fmt::format("{} limits: it is asleep ({})", who, why));
    case limit_reason::source:
        return with(found.stage ? fmt::format("the source limits: {} has no more to give ({})", who, why)
                                : fmt::format("the source limits: {}, outside of the pipeline, writes no more", who));
    case limit_reason::sink:
        return with(found.stage ? fmt::format("the sink limits: {} takes no more ({})", who, why)
                                : fmt::format("the sink limits: {}, outside of the pipeline, reads no more", who));
    case limit_reason::stopped:
        return with(who + " is stopped by a signal");
    }
    return {};
}

std::vector<std::string> evidence_of(const limit& found, const window& seen) {
    std::vector<std::string> lines;
    if (!found.stage) {
        return lines;
    }
    const stage_shares shares = seen.stage(*found.stage);
    lines.push_back(fmt::format("{}: {} on a processor, {} waiting for one, {} asleep for something else, {} waiting "
                                "for input, {} for room",
                                stage_name(seen.pipeline(), *found.stage), percent(shares.on_cpu),
                                percent(shares.queued), percent(shares.slept), percent(shares.starved),
                                percent(shares.blocked)));
    for (const link& each : seen.pipeline().links) {
        const bool in = has_stage(each.readers, *found.stage);
        const bool out = std::ranges::any_of(
            each.writers, [&](const hold& one) { return one.stage == found.stage && one.descriptor != 2; });
        const channel_shares state = seen.channel(each.channel);
        if ((in || out) && state.looks != 0) {
            lines.push_back(fmt::format("its {} ({}): full in {}, empty in {} of {} looks", in ? "input" : "output",
                                        channel_name(each.channel), percent(state.full), percent(state.empty),
                                        state.looks));
        }
    }
    return lines;
}

} // namespace windpipe_tool::xray

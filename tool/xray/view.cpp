#include "xray/view.hpp"

#include "say.hpp"
#include "xray/limit.hpp"
#include "xray/report.hpp"
#include "xray/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace windpipe_tool::xray {

namespace {

constexpr std::size_t longest_history = 20;
constexpr std::chrono::seconds between_figures{1};

/// "[#####-----]": how full a channel is, in slots where that is known, and not in bytes.
std::string bar_of(const channel_sample& state, bool unicode) {
    constexpr int width = 10;
    if (!state.unread || !state.capacity) {
        return "[ unknown  ]";
    }
    const double part = static_cast<double>(*state.unread) / static_cast<double>(*state.capacity);
    const int filled =
        state.full.value_or(false) ? width : std::min(width - 1, static_cast<int>(std::ceil(part * width)));
    std::string bar = "[";
    for (int i = 0; i < width; ++i) {
        bar += i < filled ? unicode ? "\xE2\x96\x88" : "#" : unicode ? "\xC2\xB7" : "-";
    }
    return bar + ']';
}

std::string clock_text(double seconds) {
    const auto whole = std::lround(seconds);
    return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                         : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

} // namespace

std::string sparkline(const std::deque<double>& values, bool unicode) {
    constexpr std::array<std::string_view, 8> blocks{"\xE2\x96\x81", "\xE2\x96\x82", "\xE2\x96\x83", "\xE2\x96\x84",
                                                     "\xE2\x96\x85", "\xE2\x96\x86", "\xE2\x96\x87", "\xE2\x96\x88"};
    constexpr std::string_view letters = "_.:-=+*#";
    const double most = values.empty() ? 0 : *std::ranges::max_element(values);
    std::string line;
    for (const double value : values) {
        const auto height = most > 0 ? static_cast<std::size_t>(std::lround(std::max(0.0, value) / most * 7)) : 0;
        line += unicode ? blocks[height] : letters.substr(height, 1);
    }
    return line;
}

void view::update(sampler& what) {
    const window& recent = what.recent();
    if (recent.length() < between_figures) {
        return;
    }
    const double seconds = std::chrono::duration<double>(recent.length()).count();
    for (const link& each : recent.pipeline().links) {
        const channel_shares state = recent.channel(each.channel);
        flow& past = flows_[each.channel];
        past.rates.push_back(static_cast<double>(state.moved.value_or(0)) / seconds);
        if (past.rates.size() > longest_history) {
            past.rates.pop_front();
        }
        past.total += state.moved.value_or(0);
        past.exact = past.exact && state.exact;
        const bool is_first =
            std::ranges::any_of(each.writers, [](const hold& one) { return one.stage == 0U && one.descriptor == 1; });
        if (is_first && !first_) {
            first_ = each.channel;
        }
    }
    for (std::size_t i = 0; i < recent.pipeline().stages.size(); ++i) {
        cpu_[recent.pipeline().stages[i].begun_by] = recent.stage(i).on_cpu;
    }
    const limit found = limit_of(recent);
    limiting_ = found.stage;
    verdict_ = what.deadlock() ? "deadlock: none of these processes can ever go on"
                               : text_of(found, recent.pipeline(), recent);
    seen_for_ += recent.length();
    note_progress(what);
    what.begin_anew();
}

void view::note_progress(const sampler& what) {
    const auto past = first_ ? flows_.find(*first_) : flows_.end();
    if (expected_ != 0 && past != flows_.end()) {
        begin_ = step{};
        now_ = step{static_cast<double>(past->second.total) / static_cast<double>(expected_), seen_for_};
    } else if (const auto file = expected_ == 0 ? what.input() : std::nullopt) {
        now_ = step{static_cast<double>(file->position) / static_cast<double>(file->size), seen_for_};
        begin_ = begin_ ? begin_ : now_;
    }
}

std::string view::stage_line(const sampler& what, std::size_t index, bool unicode) const {
    const graph& pipeline = what.seen().pipeline();
    const stage& each = pipeline.stages[index];
    const auto cpu = cpu_.find(each.begun_by);
    const stage_moment now = moment_of(pipeline, index, what.seen().last());
    return fmt::format("{} {:>2} {:<20} {:<15} {:>5} CPU{}", limiting_ == index ? unicode ? "\xE2\x96\xB6" : ">" : " ",
                       index + 1, shortened(one_line(each.name), 20), text_of(now.what),
                       cpu != cpu_.end() ? percent(cpu->second) : "-", limiting_ == index ? "  limits" : "");
}

std::string view::channel_line(const sampler& what, const link& which, bool unicode) const {
    const auto state = what.seen().last().channels.find(which.channel);
    const channel_sample now = state != what.seen().last().channels.end() ? state->second : channel_sample();
    std::string text =
        fmt::format("      {:<8} {} {:<5}", route_of(what.seen().pipeline(), which), bar_of(now, unicode),
                    now.full.value_or(false) ? "full"
                    : now.unread == 0U       ? "empty"
                                             : "");
    const auto past = flows_.find(which.channel);
    if (past != flows_.end() && !past->second.rates.empty()) {
        text +=
            fmt::format(" {}{:>11}/s {:>10}  {}", past->second.exact ? " " : "<", bytes_text(past->second.rates.back()),
                        bytes_text(static_cast<double>(past->second.total)), sparkline(past->second.rates, unicode));
    }
    return text;
}

std::string view::progress() const {
    if (!now_) {
        return {};
    }
    if (now_->part >= 1) {
        return "100 %";
    }
    const double done = now_->part - begin_->part;
    const double seconds = std::chrono::duration<double>(now_->at - begin_->at).count();
    return percent(now_->part) +
           (done > 0 ? fmt::format(", {} left", clock_text(seconds / done * (1 - now_->part))) : std::string());
}

std::vector<std::string> view::draw(const sampler& what, const canvas& on) const {
    const graph& pipeline = what.seen().pipeline();
    std::vector<std::string> body;
    std::size_t limiting_at = 0;
    for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
        limiting_at = limiting_ == i ? body.size() : limiting_at;
        body.push_back(stage_line(what, i, on.unicode));
        for (const link& each : pipeline.links) {
            const auto writer =
                std::ranges::find_if(each.writers, [](const hold& one) { return one.stage.has_value(); });
            if (writer != each.writers.end() ? writer->stage == i : i == 0) {
                body.push_back(channel_line(what, each, on.unicode));
            }
        }
    }
    std::vector<std::string> foot{verdict_};
    if (what.deadlock()) {
        const auto lines = text_of(*what.deadlock(), pipeline, what.seen().last());
        foot.insert(foot.end(), lines.begin(), lines.end());
    }
    for (const std::string& each : warnings_of(what.seen(), what.readers())) {
        foot.push_back("warning: " + each);
    }
    if (const std::string how_far = progress(); !how_far.empty()) {
        foot.push_back(how_far);
    }
    foot.resize(std::min(foot.size(), std::max<std::size_t>(1, on.rows / 2)));
    const std::size_t room = on.rows > foot.size() ? on.rows - foot.size() : 0;
    if (body.size() > room) { // what limits stays in sight
        const std::size_t skipped = std::min(body.size() - room, limiting_at > room / 2 ? limiting_at - room / 2 : 0);
        body.erase(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(skipped));
        body.resize(room);
    }
    body.insert(body.end(), foot.begin(), foot.end());
    for (std::string& line : body) {
        line = shortened(one_line(line), on.columns);
    }
    body.resize(std::min(body.size(), on.rows));
    return body;
}

} // namespace windpipe_tool::xray

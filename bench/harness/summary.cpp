#include "harness/report.hpp"
#include "harness/statistics.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace bench {

namespace {

enum class placement { near, far, moved };

placement placement_of(const sample& taken, const options& chosen) {
    const bool before = taken.bounce_before_ns < chosen.near_ns;
    const bool after = taken.bounce_after_ns < chosen.near_ns;
    return before != after ? placement::moved : before ? placement::near : placement::far;
}

const char* name_of(placement where) {
    return where == placement::near ? "near" : where == placement::far ? "far" : "moved";
}

/// Which samples the median is made of, and what is to be said about that.
struct choice {
    std::vector<bool> used;
    std::vector<std::string> doubts;
};

/// Near and undisturbed samples, if there are at least three; otherwise what there is, and it is said.
choice choose(const row_group& group, const std::vector<sample>& samples, const options& chosen) {
    std::vector<bool> near;
    std::vector<bool> calm;
    std::size_t disturbed = 0;
    std::size_t elsewhere = 0;
    for (const sample& taken : samples) {
        near.push_back(!group.two_cpus || placement_of(taken, chosen) == placement::near);
        elsewhere += near.back() ? 0 : 1;
        disturbed += taken.disturbed ? 1 : 0;
        calm.push_back(near.back() && !taken.disturbed);
    }
    const auto enough = [](const std::vector<bool>& which) {
        return std::count(which.begin(), which.end(), true) >= 3;
    };
    const std::string all = std::to_string(samples.size());
    choice made;
    if (enough(calm)) {
        made.used = calm;
    } else if (enough(near)) {
        made.used = near;
    } else {
        made.used.assign(samples.size(), true);
    }
    const bool excluded = enough(calm);
    if (disturbed > 0) {
        made.doubts.push_back(std::to_string(disturbed) + " of " + all + " disturbed by other programs" +
                              (excluded ? ", left out" : ", used"));
    }
    if (elsewhere > 0) {
        made.doubts.push_back(std::to_string(elsewhere) + " of " + all + " not near" +
                              (excluded || enough(near) ? ", left out" : ", used"));
    }
    return made;
}

std::vector<std::optional<double>> series(const case_result& result, const choice& made, const std::string& key) {
    std::vector<std::optional<double>> found;
    for (std::size_t index = 0; index < result.samples.size(); ++index) {
        const auto value = result.samples[index].measured.find(key);
        const bool there = made.used[index] && value != result.samples[index].measured.end();
        found.push_back(there ? std::optional(value->second) : std::nullopt);
    }
    return found;
}

std::vector<double> present(const std::vector<std::optional<double>>& values) {
    std::vector<double> found;
    for (const std::optional<double>& value : values) {
        if (value) {
            found.push_back(*value);
        }
    }
    return found;
}

nlohmann::json to_json(const summary& found) {
    return {{"median", found.median},
            {"least", found.least},
            {"most", found.most},
            {"spread", found.spread},
            {"count", found.count}};
}

nlohmann::json to_json(const sample& taken, bool used, const row_group& group, const options& chosen) {
    nlohmann::json out = {{"values", taken.measured},
                          {"used", used},
                          {"seconds", taken.seconds},
                          {"foreign_share", taken.foreign_share},
                          {"stolen_share", taken.stolen_share},
                          {"waited_share", taken.waited_share},
                          {"wake_up_us", taken.wake_up_us},
                          {"bounce_ns", {taken.bounce_before_ns, taken.bounce_after_ns}},
                          {"tries", taken.tries},
                          {"disturbed", taken.disturbed}};
    if (group.two_cpus) {
        out["placement"] = name_of(placement_of(taken, chosen));
    }
    return out;
}

using series_list = std::vector<std::vector<std::optional<double>>>;

/// All that the rows of a group are compared by.
struct comparison {
    std::vector<choice> made;
    std::map<std::string, series_list> values_of; ///< by metric, for every row
};

/// Of the peers in this group, the one with the best median, and the paired ratio to it.
nlohmann::json against_best_peer(const row_group& group, const series_list& all, std::size_t self,
                                 bool higher_is_better) {
    std::optional<double> best;
    std::size_t which = 0;
    for (std::size_t index = 0; index < all.size(); ++index) {
        const std::optional<summary> found = summarize(present(all[index]));
        if (group.entries[index].who == nullptr || group.entries[index].who->kind != "peer" || !found) {
            continue;
        }
        if (!best || (higher_is_better ? found->median > *best : found->median < *best)) {
            best = found->median;
            which = index;
        }
    }
    const std::optional<summary> ratio = best ? paired_ratio(all[self], all[which]) : std::nullopt;
    return ratio ? nlohmann::json{{"name", group.entries[which].name}, {"ratio", to_json(*ratio)}} : nlohmann::json();
}

/// The paired ratios of one row to each baseline.
nlohmann::json ratios_to_baselines(const row_group& group, const series_list& all, std::size_t self) {
    nlohmann::json found = nlohmann::json::object();
    for (std::size_t base = 0; base < all.size(); ++base) {
        const std::string& name = group.entries[base].name;
        if (std::count(group.baselines.begin(), group.baselines.end(), name) > 0) {
            if (const auto ratio = paired_ratio(all[self], all[base])) {
                found[name] = to_json(*ratio);
            }
        }
    }
    return found;
}

nlohmann::json summarize_row(const experiment& what, const row_group& group, const case_result& result,
                             std::size_t index, const comparison& all, const options& chosen) {
    const metric& first = what.metrics_of(group).front();
    const choice& made = all.made[index];
    nlohmann::json row;
    for (const auto& [key, values_of_rows] : all.values_of) {
        if (const auto found = summarize(present(values_of_rows[index]))) {
            row["summaries"][key] = to_json(*found);
            row["ratios"][key] = ratios_to_baselines(group, values_of_rows, index);
        }
    }
    if (group.entries[index].who->kind == "windpipe") {
        row["best_peer"] = against_best_peer(group, all.values_of.at(first.key), index, first.higher_is_better);
    }
    row["doubts"] = made.doubts;
    if (row["summaries"][first.key].value("spread", 0.0) > 0.2) {
        row["doubts"].push_back("spread above 20 %");
    }
    for (std::size_t one = 0; one < result.samples.size(); ++one) {
        row["samples"].push_back(to_json(result.samples[one], made.used[one], group, chosen));
    }
    return row;
}

} // namespace

nlohmann::json summarize_group(const experiment& what, const row_group& group, const std::vector<case_result>& results,
                               const options& chosen) {
    nlohmann::json out = {{"table", group.table},       {"column", group.column}, {"baselines", group.baselines},
                          {"two_cpus", group.two_cpus}, {"bytes", group.bytes},   {"cases", nlohmann::json::array()}};
    if (!group.metrics.empty()) {
        out["metrics"] = to_json(group.metrics);
    }
    comparison all;
    for (const case_result& result : results) {
        all.made.push_back(choose(group, result.samples, chosen));
        for (const metric& each : what.metrics_of(group)) {
            all.values_of[each.key].push_back(series(result, all.made.back(), each.key));
        }
    }
    for (std::size_t index = 0; index < results.size(); ++index) {
        const entry& which = group.entries[index];
        nlohmann::json row;
        if (!which.absent.empty()) {
            row["absent"] = which.absent;
        } else if (!results[index].problem.empty()) {
            row["problem"] = results[index].problem;
        } else {
            row = summarize_row(what, group, results[index], index, all, chosen);
        }
        row["name"] = which.name;
        row["kind"] = which.who != nullptr ? which.who->kind : "peer";
        out["cases"].push_back(std::move(row));
    }
    return out;
}

} // namespace bench

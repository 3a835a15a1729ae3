#include "harness/report.hpp"

#include "harness/machine.hpp"
#include "harness/process.hpp"

#include <cmath>
#include <cstdio>

namespace bench {

namespace {

/// How to repeat this.
std::string repeating_command(const std::string& question, const options& chosen) {
    std::string line = command_for(question);
    for (const std::string& word : chosen.words) {
        line += " " + word;
    }
    return line;
}

std::vector<std::string> doubts_about(const nlohmann::json& build, const nlohmann::json& machine,
                                      const options& chosen) {
    std::vector<std::string> doubts;
    if (machine.contains("doubt")) {
        doubts.push_back(machine.at("doubt").get<std::string>());
    }
    if (build.at("build_type") != "Release") {
        doubts.push_back("built as " + build.at("build_type").get<std::string>() + ", not Release");
    }
    if (build.at("changed_since_commit").get<bool>()) {
        doubts.emplace_back("the sources differ from the commit named");
    }
    if (chosen.repetitions < 7) {
        doubts.push_back("only " + std::to_string(chosen.repetitions) +
                         " repetitions: shows that it works, not how fast");
    }
    if (machine.at("virtual_machine").get<bool>()) {
        doubts.emplace_back("a virtual machine: waking a sleeper costs far more than on bare metal, so whatever avoids "
                            "sleeping looks better here");
    }
    if (machine.at("cpus").get<std::size_t>() < 3) {
        doubts.emplace_back("at most two processors: cases with three processes share them");
    }
    return doubts;
}

/// Three significant digits.
std::string figure(double value) {
    char text[32];
    const int digits = value == 0 ? 0 : std::max(0, 2 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
    std::snprintf(text, sizeof(text), "%.*f", std::min(digits, 6), value);
    return text;
}

} // namespace

nlohmann::json to_json(const std::vector<metric>& metrics) {
    nlohmann::json all = nlohmann::json::array();
    for (const metric& each : metrics) {
        all.push_back({{"key", each.key},
                       {"title", each.title},
                       {"unit", each.unit},
                       {"higher_is_better", each.higher_is_better}});
    }
    return all;
}

nlohmann::json head_of(const experiment& what, const options& chosen, const catalogue& known) {
    nlohmann::json head = {{"question", what.question}, {"title", what.title}, {"notes", what.notes}};
    head["machine"] = describe_machine();
    head["build"] = describe_build();
    head["command"] = repeating_command(what.question, chosen);
    head["repetitions"] = chosen.repetitions;
    head["near_ns"] = chosen.near_ns;
    head["disturbed_share"] = chosen.disturbed_share;
    head["doubts"] = doubts_about(head["build"], head["machine"], chosen);
    head["metrics"] = to_json(what.metrics);
    head["peers"] = nlohmann::json::array();
    for (const way& each : known.ways) {
        nlohmann::json offered = nlohmann::json::array();
        for (const auto& [job, answer] : each.jobs.items()) {
            if (answer.is_boolean()) {
                offered.push_back(job);
            }
        }
        head["peers"].push_back(
            {{"name", each.name}, {"version", each.version}, {"kind", each.kind}, {"measured_for", offered}});
    }
    for (const missing_peer& each : known.missing) {
        head["peers"].push_back({{"name", each.name}, {"absent", each.reason}});
    }
    head["groups"] = nlohmann::json::array();
    return head;
}

void print_group(const std::vector<metric>& metrics, const nlohmann::json& group) {
    const metric& first = metrics.front();
    std::printf("\n%s: %s\n  %-34s %12s %7s", group.at("table").get<std::string>().c_str(),
                group.at("column").get<std::string>().c_str(), "", first.unit.c_str(), "spread");
    for (const nlohmann::json& baseline : group.at("baselines")) {
        std::printf("  / %s", baseline.get<std::string>().c_str());
    }
    for (std::size_t index = 1; index < metrics.size(); ++index) {
        std::printf("  %s", metrics[index].title.c_str());
    }
    std::puts("");
    for (const nlohmann::json& row : group.at("cases")) {
        const auto name = row.at("name").get<std::string>();
        if (!row.contains("summaries")) {
            std::printf("  %-34s %s\n", name.c_str(), row.value("absent", row.value("problem", "no sample")).c_str());
            continue;
        }
        const nlohmann::json& main = row.at("summaries").at(first.key);
        std::printf("  %-34s %12s %6.0f%%", name.c_str(), figure(main.at("median").get<double>()).c_str(),
                    main.at("spread").get<double>() * 100);
        for (const nlohmann::json& baseline : group.at("baselines")) {
            const auto base = baseline.get<std::string>();
            const bool known = row.at("ratios").at(first.key).contains(base);
            std::printf("  %*s", static_cast<int>(base.size()) + 2,
                        known ? figure(row.at("ratios").at(first.key).at(base).at("median").get<double>()).c_str()
                              : "-");
        }
        for (std::size_t index = 1; index < metrics.size(); ++index) {
            const auto& summaries = row.at("summaries");
            const std::string& key = metrics[index].key;
            const bool known = summaries.contains(key);
            std::printf("  %*s", static_cast<int>(metrics[index].title.size()),
                        known ? figure(summaries.at(key).at("median").get<double>()).c_str() : "-");
        }
        for (const nlohmann::json& doubt : row.at("doubts")) {
            std::printf("  [%s]", doubt.get<std::string>().c_str());
        }
        std::puts("");
    }
    std::fflush(stdout);
}

} // namespace bench

#include "harness/experiment.hpp"

#include "harness/conditions.hpp"
#include "harness/process.hpp"
#include "harness/report.hpp"
#include "harness/sample.hpp"
#include "worker/traffic.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace bench {

namespace {

/// Every worker says that its bytes were right, and those that count moved as many as all others.
void verify(const row_group& group, const std::vector<nlohmann::json>& reports) {
    for (const nlohmann::json& report : reports) {
        if (!report.at("right").get<bool>()) {
            throw std::runtime_error("the bytes are not the right ones");
        }
        if (report.contains("bytes") && report.at("bytes").get<std::uint64_t>() != group.bytes) {
            throw std::runtime_error("moved " + report.at("bytes").dump() + " bytes instead of " +
                                     std::to_string(group.bytes));
        }
    }
}

double share(double seconds, double wall, std::size_t cpus) {
    return wall <= 0 ? 0 : std::max(0.0, seconds) / (wall * static_cast<double>(cpus));
}

sample take_once(const row_group& group, const entry& which, const options& chosen) {
    static const std::size_t cpus = usable_cpus().size();
    static const std::optional<cpu_pair> pair = choose_cpus();
    sample taken;
    warm_memory(group.memory);
    if (pair) {
        taken.wake_up_us = wake_up_us(*pair);
        taken.bounce_before_ns = bounce_ns(*pair);
    }
    const std::int64_t begin_ns = now_ns();
    const load before = load_now();
    const std::vector<nlohmann::json> reports = run_plan(which.how, chosen.sample_timeout_seconds);
    const load after = load_now();
    const double wall = static_cast<double>(now_ns() - begin_ns) * 1e-9;
    if (pair) {
        taken.bounce_after_ns = bounce_ns(*pair);
    }
    verify(group, reports);
    taken.measured = group.evaluate(reports);
    if (const auto trip = taken.measured.find("p50_us"); pair && group.two_cpus && trip != taken.measured.end()) {
        taken.measured["bounces"] = trip->second * 2000 / (taken.bounce_before_ns + taken.bounce_after_ns);
    }
    taken.seconds = wall;
    // Counted in ticks: less than one tick is no finding.
    const double noise = load_resolution_seconds();
    taken.foreign_share = share((after.busy - before.busy) - (after.own - before.own) - noise, wall, cpus);
    taken.stolen_share = share(after.stolen - before.stolen - noise, wall, cpus);
    for (const nlohmann::json& report : reports) {
        const double inside = report.at("end_ns").get<double>() - report.at("begin_ns").get<double>();
        if (inside > 0) {
            taken.waited_share = std::max(taken.waited_share, report.at("waited_ns").get<double>() / inside);
        }
    }
    taken.disturbed = taken.foreign_share > chosen.disturbed_share || taken.stolen_share > chosen.disturbed_share ||
                      (group.two_cpus && taken.waited_share > chosen.disturbed_share);
    return taken;
}

/// Takes a sample again while it is disturbed, within the limits of `chosen`, and keeps the least disturbed one.
sample take(const row_group& group, const entry& which, const options& chosen, double& retry_seconds) {
    sample best;
    for (int attempt = 1; attempt <= chosen.tries; ++attempt) {
        sample taken = take_once(group, which, chosen);
        if (attempt == 1 || taken.disturbance() < best.disturbance()) {
            best = std::move(taken);
        }
        best.tries = attempt;
        if (!best.disturbed || retry_seconds <= 0) {
            break;
        }
        retry_seconds -= best.seconds;
    }
    return best;
}

/// One line that is written over again and again; nothing where nobody watches.
void show_progress(int repetition, int of, const std::string& what) {
    static const bool watched = is_watched();
    if (watched && of == 0) {
        std::fputs("\r\033[K", stderr);
    } else if (watched) {
        std::fprintf(stderr, "\r\033[K%d/%d %s", repetition + 1, of, what.c_str());
    }
}

std::vector<case_result> measure(const row_group& group, const options& chosen, double& retry_seconds) {
    std::vector<case_result> results(group.entries.size());
    const int repetitions =
        group.most_repetitions > 0 ? std::min(group.most_repetitions, chosen.repetitions) : chosen.repetitions;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
        for (std::size_t index = 0; index < group.entries.size(); ++index) {
            const entry& which = group.entries[index];
            case_result& result = results[index];
            if (!which.absent.empty() || !result.problem.empty()) {
                continue;
            }
            show_progress(repetition, repetitions, group.name() + ": " + which.name);
            try {
                result.samples.push_back(take(group, which, chosen, retry_seconds));
            } catch (const std::exception& cause) {
                result.problem = cause.what();
            }
        }
    }
    show_progress(0, 0, "");
    return results;
}

} // namespace

int run(const experiment& what, const options& chosen, const catalogue& known) {
    double retry_seconds = chosen.retry_seconds;
    bool failed = false;
    const std::int64_t begin_ns = now_ns();
    nlohmann::json document = head_of(what, chosen, known);
    std::printf("%s\n", what.title.c_str());
    for (row_group group : what.groups) {
        if (!chosen.wants(group.name())) {
            continue;
        }
        // Floors are those of the system: no comparison with what it does not have.
        std::erase_if(group.baselines, [&](const std::string& name) {
            return std::ranges::find(group.entries, name, &entry::name) == group.entries.end();
        });
        const std::vector<case_result> results = measure(group, chosen, retry_seconds);
        nlohmann::json summary = summarize_group(what, group, results, chosen);
        print_group(what.metrics_of(group), summary);
        for (const case_result& result : results) {
            failed = failed || !result.problem.empty();
        }
        document["groups"].push_back(std::move(summary));
    }
    document["seconds"] = static_cast<double>(now_ns() - begin_ns) * 1e-9;
    if (!chosen.json.empty()) {
        std::ofstream file(chosen.json);
        file << document.dump(1) << '\n';
        if (!file.flush()) {
            std::fprintf(stderr, "cannot write %s\n", chosen.json.c_str());
            return 1;
        }
    }
    if (failed) {
        std::fputs("some cases failed: see the rows above\n", stderr);
    }
    return failed ? 1 : 0;
}

} // namespace bench

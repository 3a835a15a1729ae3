// What does it cost to start a child and wait for it, and to take a short answer from it?
#include "harness/children.hpp"
#include "harness/rows.hpp"

#include <algorithm>

namespace {

using namespace bench;

struct parent {
    std::string table;
    std::uint64_t milliseconds = 0;         ///< how long a sample starts children
    std::vector<std::string> settings = {}; ///< what makes this parent special
    bool every_child = true;                ///< else only the tiny one, which shows the parent's share best
    std::vector<std::string> rows = {};     ///< else all
    int most_repetitions = 0;
};

std::vector<std::string> small_parent(std::uint64_t milliseconds) {
    return {setting("milliseconds", milliseconds), setting("descriptors", 1024)};
}

struct started_child {
    std::string column;
    std::string job;
    std::string offer; ///< which offer of a peer the job needs
    std::vector<std::string> program;
    bool one_cpu = false;
    std::vector<std::string> settings = {}; ///< of the job
};

values per_start(const std::vector<nlohmann::json>& reports) {
    const nlohmann::json& report = reports.front();
    return {{"us", report.at("median_ns").get<double>() / 1000},
            {"mean_us", report.at("mean_ns").get<double>() / 1000},
            {"cpu_us", report.at("cpu_ns").get<double>() / report.at("operations").get<double>() / 1000}};
}

row_group make_group(const parent& from, const started_child& child, const catalogue& known, int cpu) {
    row_group group{.table = from.table,
                    .column = child.column,
                    .baselines = {"vfork + exec", "posix_spawn", "CreateProcess"},
                    .most_repetitions = from.most_repetitions,
                    .evaluate = per_start};
    const auto add = [&](const way& who, const std::string& name, std::vector<std::string> settings) {
        settings.insert(settings.end(), child.settings.begin(), child.settings.end());
        if (child.one_cpu) {
            settings.push_back(setting("cpu", static_cast<std::uint64_t>(cpu)));
        }
        group.entries.push_back(single(who, name, {.job = child.job, .settings = settings, .program = child.program}));
    };
    for (const way& who : known.ways) {
        if (!who.why_not(child.offer).empty() || who.name == "best raw loop" ||
            (!from.rows.empty() && std::ranges::find(from.rows, who.name) == from.rows.end())) {
            continue;
        }
        if (who.kind == "windpipe" && !from.every_child) { // what this parent adds
            const std::string name = who.name + ", small parent";
            add(who, name, small_parent(from.milliseconds));
            group.baselines.push_back(name);
        }
        std::vector<std::string> settings = small_parent(from.milliseconds);
        settings.insert(settings.end(), from.settings.begin(), from.settings.end());
        add(who, who.name, std::move(settings));
    }
    add_missing(group.entries, known);
    return group;
}

std::vector<parent> parents(const options& chosen) {
    const std::uint64_t milliseconds = chosen.quick ? 10 : 30;
    const bool limited = limits_descriptors();
    std::vector<parent> all = {
        {.table = limited ? "Small parent, limit of 1,024 descriptors" : "Small parent", .milliseconds = milliseconds},
        {.table = limited ? "Limit of 20,000 descriptors, 200 open" : "200 files open",
         .milliseconds = milliseconds,
         .settings = {setting("descriptors", 20000), setting("open", 200)},
         .every_child = false},
    };
    constexpr std::uint64_t long_to_touch = 4096; // the tables below it tell of everybody
    for (const std::uint64_t mebibytes : chosen.heaps_mib) {
        all.push_back({.table = "Parent with " + size_text(mebibytes << 20) + " of touched memory",
                       .milliseconds = milliseconds,
                       .settings = {setting("heap_mib", mebibytes), setting("least", 3), setting("warm_ups", 1)},
                       .every_child = false});
        if (mebibytes >= long_to_touch) {
            all.back().rows = {"vfork + exec", "posix_spawn", "fork + exec", "windpipe", "CreateProcess"};
            all.back().most_repetitions = 3;
        }
    }
    return all;
}

} // namespace

int main(int count, char** words) {
    options chosen =
        parse_options(count, words, "Start and wait: windpipe, bare system calls and other libraries", {.heaps = true});
    if (chosen.heaps_mib.empty()) {
        chosen.heaps_mib.push_back(chosen.quick ? 128 : 1024);
        if (chosen.full) {
            chosen.heaps_mib.push_back(8192);
        }
    }
    const catalogue known = load_catalogue();
    const int cpu = usable_cpus().front();
    const std::uint64_t at_once = chosen.quick ? 100 : 600;
    const std::vector<started_child> children = {
        {.column = "tiny child, one CPU", .job = "spawn", .offer = "spawn", .program = tiny_child(), .one_cpu = true},
        {.column = name_of_true_child(), .job = "spawn", .offer = "spawn", .program = true_child()},
        {.column = std::to_string(at_once) + " tiny children at once",
         .job = "batch",
         .offer = "batch",
         .program = tiny_child(),
         .settings = {setting("count", at_once)}},
        {.column = "capture of echo hi", .job = "short_capture", .offer = "capture", .program = echo_child()},
    };
    experiment what{
        .question = "spawn",
        .title = "Start a child and wait for it (microseconds per child)",
        .notes =
            {"The tiny child has no C library and only exits: what remains is the cost of the start itself. It and its "
             "parent run on one CPU, so that no wake-up on another one is measured.",
             "Of children at once, all are started before the first is waited for, on all CPUs; the time is that of "
             "one.",
             name_of_true_child() +
                 " adds the C library and its loading; the capture adds a pipe and reading three bytes from it.",
             "A sample is the median over the starts of one fresh process."},
        .metrics = {{.key = "us", .title = "start and wait", .unit = "us"},
                    {.key = "mean_us", .title = "mean us", .unit = "us"},
                    {.key = "cpu_us", .title = "CPU us", .unit = "us"}}};
    for (const parent& from : parents(chosen)) {
        for (const started_child& child : children) {
            if (from.every_child || child.one_cpu) {
                what.groups.push_back(make_group(from, child, known, cpu));
            }
        }
    }
    return run(what, chosen, known);
}

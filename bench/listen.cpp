// What does it cost to find, among many open pipes, the one that has something to read?
#include "harness/rows.hpp"

namespace {

using namespace bench;

constexpr std::uint64_t fewest = 100;

values evaluate(const std::vector<nlohmann::json>& reports) {
    const nlohmann::json& report = reports.front();
    return {{"us", report.at("p50_ns").get<double>() / 1000},
            {"p99_us", report.at("p99_ns").get<double>() / 1000},
            {"cpu_ms", report.at("cpu_ns").get<double>() / 1e6}};
}

/// Beside many pipes, the fewest again: what does it add that there are many?
row_group make_group(std::uint64_t count, std::uint64_t turns, const catalogue& known) {
    row_group group{.table = "One of many pipes",
                    .column = std::to_string(count) + " pipes",
                    .baselines = {"epoll", "poll"},
                    .evaluate = evaluate};
    const auto add = [&](const way& who, const std::string& name, std::uint64_t pipes) {
        group.entries.push_back(single(
            who, name,
            {.job = "listen",
             .settings = {setting("count", pipes), setting("turns", turns), setting("descriptors", 2 * pipes + 200)}}));
    };
    for (const way& who : known.ways) {
        if (!who.why_not("listen").empty()) {
            continue;
        }
        if (count != fewest && who.kind == "windpipe") {
            const std::string name = who.name + ", " + std::to_string(fewest) + " pipes";
            add(who, name, fewest);
            group.baselines.push_back(name);
        }
        add(who, who.name, count);
    }
    add_missing(group.entries, known);
    return group;
}

} // namespace

int main(int count, char** words) {
    const options chosen = parse_options(
        count, words, "One of many pipes has something to read: windpipe, bare system calls and other libraries");
    const catalogue known = load_catalogue();
    experiment what{.question = "listen",
                    .title = "Find the one of many pipes that has something to read (microseconds)",
                    .notes = {"One thread writes a byte to one of the pipes, finds it and reads it: the median of the "
                              "turns. Nobody sleeps, so that no wake-up is measured."},
                    .metrics = {{.key = "us", .title = "write, find and read", .unit = "us"},
                                {.key = "p99_us", .title = "p99 us", .unit = "us"},
                                {.key = "cpu_ms", .title = "CPU ms", .unit = "ms"}}};
    for (const std::uint64_t pipes : {fewest, std::uint64_t{1000}, std::uint64_t{9900}}) {
        what.groups.push_back(make_group(pipes, chosen.quick ? 200 : 1000, known));
    }
    return run(what, chosen, known);
}

// How long does a message to another process and its answer take, over two kernel pipes?
#include "harness/rows.hpp"

#include <cstdio>

namespace {

using namespace bench;

entry make_row(const std::string& name, const way& who, std::uint64_t size, std::uint64_t messages, cpu_pair cpus) {
    const auto settings = [&](int cpu) {
        return std::vector{setting("cpu", static_cast<std::uint64_t>(cpu)), setting("size", size),
                           setting("count", messages)};
    };
    entry row{.who = &who, .name = name};
    row.how.pipe_capacities = {0, 0};
    row.how.works = {
        {.who = &who, .job = "echo", .settings = settings(cpus.second), .in_pipe = 0, .out_pipe = 1},
        {.who = &who, .job = "ping", .settings = settings(cpus.first), .in_pipe = 1, .out_pipe = 0},
    };
    return row;
}

row_group make_group(std::uint64_t size, std::uint64_t messages, bool one_cpu, cpu_pair cpus, const catalogue& known) {
    row_group group{.table = one_cpu ? "Both processes on one CPU" : "Two CPUs",
                    .column = size_text(size),
                    .baselines = {"plain calls", "spin 50 us, then block"},
                    .two_cpus = !one_cpu,
                    .bytes = size * messages};
    group.evaluate = [messages](const std::vector<nlohmann::json>& reports) {
        const nlohmann::json& asking = reports.back();
        const double cpu_ns = reports.front().at("cpu_ns").get<double>() + asking.at("cpu_ns").get<double>();
        return values{{"p50_us", asking.at("p50_ns").get<double>() / 1000},
                      {"p99_us", asking.at("p99_ns").get<double>() / 1000},
                      {"cpu_us", cpu_ns / 1000 / static_cast<double>(messages)}};
    };
    for (const way& who : known.ways) {
        if (!who.why_not("ping").empty() || who.name == "cut at 8 KiB") { // nothing to cut in a short message
            continue;
        }
        const bool spins = who.name == "cut at 8 KiB + spin";
        group.entries.push_back(make_row(spins ? "spin 50 us, then block" : who.name, who, size, messages, cpus));
    }
    add_missing(group.entries, known);
    return group;
}

} // namespace

int main(int count, char** words) {
    const options chosen = parse_options(count, words, "Round trips: windpipe, bare system calls and other libraries");
    const catalogue known = load_catalogue();
    const std::uint64_t messages = chosen.quick ? 300 : 3000;
    experiment what{
        .question = "roundtrip",
        .title = "A message and its answer over two pipes (microseconds)",
        .notes =
            {"One process sends a message and waits for the answer, 3,000 times; the other sends back what it gets. "
             "Every "
             "answer is compared with its message.",
             "plain calls: blocking write(2) and read(2), on Windows WriteFile and ReadFile. spin 50 us, then block: "
             "preadv2 with RWF_NOWAIT first.",
             "Between CPUs the blocking rows are two wake-ups and little else: see the wake-up cost of the machine."},
        .metrics = {{.key = "p50_us", .title = "median round trip", .unit = "us"},
                    {.key = "p99_us", .title = "p99 us", .unit = "us"},
                    {.key = "cpu_us", .title = "CPU us", .unit = "us"}}};
    const std::optional<cpu_pair> pair = choose_cpus();
    const int here = usable_cpus().front();
    for (const bool one_cpu : {false, true}) {
        if (!one_cpu && !pair) {
            std::puts("rows over two CPUs are absent: this process may use only one");
            continue;
        }
        for (const std::uint64_t size : {1, 64}) {
            what.groups.push_back(make_group(size, messages, one_cpu, one_cpu ? cpu_pair{here, here} : *pair, known));
        }
    }
    return run(what, chosen, known);
}

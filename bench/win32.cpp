// What do the calls of Windows cost on Linux, beside those that they are made of?
#include "harness/children.hpp"
#include "harness/rows.hpp"

namespace {

using namespace bench;

constexpr const char* rows[] = {"plain calls", "windpipe", "windpipe, windows.h"};
constexpr const char* starts[] = {"vfork + exec", "windpipe", "windpipe, windows.h"};

row_group make_group(std::uint64_t size, std::uint64_t count, int cpu, const catalogue& known) {
    row_group group{.table = "Written and read back, in one thread",
                    .column = size_text(size),
                    .baselines = {rows[0]},
                    .bytes = size * count};
    group.evaluate = [count](const std::vector<nlohmann::json>& reports) {
        const nlohmann::json& report = reports.front();
        const double took = report.at("end_ns").get<double>() - report.at("begin_ns").get<double>();
        return values{{"ns", took / static_cast<double>(count)},
                      {"cpu_ns", report.at("cpu_ns").get<double>() / static_cast<double>(count)}};
    };
    for (const char* const name : rows) {
        group.entries.push_back(
            single(known.find(name), name,
                   {.job = "there_and_back",
                    .settings = {setting("size", size), setting("bytes", size * count), setting("room", size),
                                 setting("cpu", static_cast<std::uint64_t>(cpu))}}));
    }
    return group;
}

row_group make_start(int cpu, const catalogue& known, bool quick) {
    row_group group{.table = "Started and waited for", .column = "tiny child", .baselines = {"windpipe"}};
    group.evaluate = [](const std::vector<nlohmann::json>& reports) {
        const nlohmann::json& report = reports.front();
        return values{{"ns", report.at("median_ns").get<double>()},
                      {"cpu_ns", report.at("cpu_ns").get<double>() / report.at("operations").get<double>()}};
    };
    for (const char* const name : starts) {
        group.entries.push_back(single(
            known.find(name), name,
            {.job = "spawn",
             .settings = {setting("milliseconds", quick ? 10 : 50), setting("cpu", static_cast<std::uint64_t>(cpu))},
             .program = tiny_child()}));
    }
    return group;
}

} // namespace

int main(int count, char** words) {
    const options chosen = parse_options(count, words, "The calls of Windows on Linux");
    const catalogue known = load_catalogue();
    const int cpu = usable_cpus().front();
    experiment what{
        .question = "win32",
        .title = "WriteFile, ReadFile and CreateProcess on Linux (nanoseconds)",
        .notes =
            {"One thread writes to a pipe and reads back what it wrote, each by one call; bytes are compared as in "
             "the other tables. windpipe, windows.h: a program for Windows, built against windpipe's headers.",
             "Started: the tiny child, which has no C library and only exits, on one CPU with its parent."},
        .metrics = {{.key = "ns", .title = "one of each", .unit = "ns"},
                    {.key = "cpu_ns", .title = "CPU ns", .unit = "ns"}}};
    for (const std::uint64_t size : {12, 1024, 4096, 16384, 65536}) {
        const std::uint64_t pairs = (chosen.quick ? 4 : 64) * (size < 4096 ? 4096 : 1024);
        what.groups.push_back(make_group(size, pairs, cpu, known));
    }
    what.groups.push_back(make_start(cpu, known, chosen.quick));
    return run(what, chosen, known);
}

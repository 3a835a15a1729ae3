// What does it cost to capture the outputs of many children at once, in one thread?
#include "harness/children.hpp"
#include "harness/rows.hpp"

namespace {

using namespace bench;

constexpr std::uint64_t output_of_each = 64 * 1024;

values of_children(const std::vector<nlohmann::json>& reports) {
    const nlohmann::json& report = reports.front();
    const auto begin = report.at("begin_ns").get<double>();
    const auto end = report.at("end_ns").get<double>();
    return {{"ms", (end - begin) / 1e6},
            {"start_ms", (report.at("started_ns").get<double>() - begin) / 1e6},
            {"cpu_ms", report.at("cpu_ns").get<double>() / 1e6},
            {"bytes_of_each", report.at("bytes_of_each").get<double>()}};
}

row_group make_group(std::uint64_t count, const catalogue& known) {
    const std::uint64_t bytes = count * output_of_each;
    row_group group{.table = "Children alive at once, 64 KiB from each",
                    .column = std::to_string(count) + " children",
                    .baselines = {"epoll + posix_spawn", "libuv", "Boost.Process v2"},
                    .memory = bytes * 2,
                    .bytes = bytes,
                    .evaluate = of_children};
    const work how{
        .job = "many",
        .settings = {setting("count", count), setting("bytes", bytes), setting("descriptors", 4 * count + 100)},
        .program = gated_child()};
    for (const way& who : known.ways) {
        if (who.why_not("many").empty()) {
            group.entries.push_back(single(who, who.name, how));
        }
    }
    add_missing(group.entries, known);
    return group;
}

} // namespace

int main(int count, char** words) {
    const options chosen =
        parse_options(count, words, "Many captures at once: windpipe, bare system calls and other libraries");
    const catalogue known = load_catalogue();
    experiment what{
        .question = "many",
        .title = "Capture many children at once, in one thread (milliseconds)",
        .notes = {"The children have no C library. They wait until all have been started, then each writes 64 KiB. The "
                  "time ends when every output is in memory and every child has been waited for.",
                  "memory of each: the most that was resident, less what was before and less the captured bytes, by "
                  "the number of children.",
                  "epoll + ...: one epoll set, one buffer to read to, of which a string of the right size is made."},
        .metrics = {{.key = "ms", .title = "all of it", .unit = "ms"},
                    {.key = "start_ms", .title = "start ms", .unit = "ms"},
                    {.key = "cpu_ms", .title = "CPU ms", .unit = "ms"},
                    {.key = "bytes_of_each", .title = "memory of each, B", .unit = "B"}}};
    using counts = std::vector<std::uint64_t>;
    for (const std::uint64_t many : chosen.quick ? counts{200} : counts{500, 2000}) {
        what.groups.push_back(make_group(many, known));
    }
    return run(what, chosen, known);
}

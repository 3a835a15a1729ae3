// How fast do many small records go through a kernel pipe?
#include "harness/rows.hpp"

#include <cstdio>

namespace {

using namespace bench;

row_group make_group(std::uint64_t record, int capacity, std::uint64_t bytes, cpu_pair cpus, const catalogue& known) {
    row_group group{.table = "Pipe of " + size_text(static_cast<std::uint64_t>(capacity)),
                    .column = size_text(record) + " records",
                    .baselines = {"plain calls", "64 KiB buffer"},
                    .two_cpus = cpus.first != cpus.second,
                    .bytes = bytes};
    group.evaluate = [bytes, record](const std::vector<nlohmann::json>& reports) {
        values found = throughput(reports, bytes);
        const double per_second = found.at("gib_per_s") * static_cast<double>(1ULL << 30) / static_cast<double>(record);
        found["million_per_s"] = per_second / 1e6;
        return found;
    };
    const transfer how{.capacity = capacity,
                       .piece = record,
                       .room = 64 * 1024,
                       .bytes = bytes,
                       .writer_cpu = cpus.first,
                       .reader_cpu = cpus.second};
    const way& plain = known.find("plain calls");
    for (const way& who : known.ways) {
        if (!who.why_not("send").empty() || who.name.starts_with("cut at")) { // nothing to cut in a record
            continue;
        }
        const bool reads = who.why_not("receive").empty();
        const way& reader = reads ? who : who.kind == "windpipe" ? known.find("windpipe") : plain;
        group.entries.push_back(stream_row(who.name, who, reader, how));
    }
    add_missing(group.entries, known);
    return group;
}

} // namespace

int main(int count, char** words) {
    const options chosen =
        parse_options(count, words, "Small records: windpipe, bare system calls and other libraries");
    const catalogue known = load_catalogue();
    const std::optional<cpu_pair> pair = choose_cpus();
    const int here = usable_cpus().front();
    experiment what{
        .question = "records",
        .title = "Small records through a pipe (GiB/s)",
        .notes = {"The writer hands over one record at a time; the reader takes up to 64 KiB at a time.",
                  "plain calls, windpipe and the peers: one call for each record. The buffer rows gather records in "
                  "memory of that size first and write that with a plain call; windpipe's is buffered_writer."},
        .metrics = throughput_metrics()};
    what.metrics.push_back(
        {.key = "million_per_s", .title = "million records/s", .unit = "million/s", .higher_is_better = true});
    for (const int capacity : {64 << 10, 1 << 20}) {
        for (const std::uint64_t record : {64, 1024}) {
            const std::uint64_t bytes = (chosen.quick ? 2ULL : 16ULL) << (record > 64 ? 22 : 20);
            what.groups.push_back(make_group(record, capacity, bytes, pair.value_or(cpu_pair{here, here}), known));
        }
    }
    return run(what, chosen, known);
}

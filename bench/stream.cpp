// How fast does one process send bytes to another over a kernel pipe?
#include "harness/rows.hpp"

#include <cstdio>

namespace {

using namespace bench;

struct shape {
    std::vector<std::uint64_t> sizes;
    std::vector<std::uint64_t> capacities;
    std::vector<std::uint64_t> capacities_on_one_cpu;
    std::uint64_t most_bytes = 64 << 20;
};

shape shape_for(const options& chosen) {
    shape asked{chosen.sizes, chosen.capacities, chosen.capacities, chosen.quick ? 16U << 20 : 64U << 20};
    if (asked.sizes.empty()) {
        asked.sizes = {64, 1024, 4096, 65536, 1 << 20};
        if (chosen.quick) {
            asked.sizes = {64, 65536, 1 << 20};
        }
        if (chosen.full) {
            asked.sizes = {1, 64, 1024, 4096, 8192, 16384, 65536, 262144, 1 << 20, 16 << 20};
        }
    }
    if (asked.capacities.empty()) {
        asked.capacities = {64 << 10, 256 << 10, 1 << 20};
        asked.capacities_on_one_cpu = {64 << 10, 1 << 20};
        if (chosen.quick) {
            asked.capacities = asked.capacities_on_one_cpu = {64 << 10};
        }
        if (chosen.full) {
            asked.capacities = asked.capacities_on_one_cpu = {4096, 64 << 10, 256 << 10, 1 << 20};
        }
    }
    return asked;
}

/// So many that a sample takes tens of milliseconds: small writes are slower per byte.
std::uint64_t bytes_for(std::uint64_t size, std::uint64_t most) {
    const std::uint64_t wanted = std::min(most, size * (128 << 10));
    return std::max(wanted / size, std::uint64_t{4}) * size;
}

void add_pairs(row_group& group, const catalogue& known, const transfer& how, bool one_cpu, bool all) {
    const way& plain = known.find("plain calls");
    const way& ours = known.find("windpipe");
    group.entries.push_back(stream_row("plain calls", plain, plain, how));
    std::vector<std::string> floors = {"no SIGPIPE"}; // Linux has these
    if (!one_cpu || all) {
        floors.insert(floors.end(), {"cut at 8 KiB", "cut at 8 KiB + spin", "cut at 32 KiB + spin"});
    }
    for (const std::string& name : floors) {
        if (const way* const floor = known.look_up(name)) {
            group.entries.push_back(stream_row(name, *floor, *floor, how));
        }
    }
    group.entries.push_back(stream_row("windpipe", ours, ours, how));
    group.entries.push_back(stream_row("windpipe to plain read", ours, plain, how));
    group.entries.push_back(stream_row("plain write to windpipe", plain, ours, how));
    for (const way& who : known.ways) {
        if (who.kind == "peer" && who.why_not("send").empty() && who.why_not("receive").empty()) {
            group.entries.push_back(stream_row(who.name, who, who, how));
        }
    }
    add_missing(group.entries, known);
}

std::vector<row_group> make_groups(const shape& asked, const catalogue& known, const options& chosen) {
    std::vector<row_group> groups;
    const std::optional<cpu_pair> pair = choose_cpus();
    const int here = usable_cpus().front();
    for (const bool one_cpu : {false, true}) {
        if (!one_cpu && !pair) {
            std::puts("rows over two CPUs are absent: this process may use only one");
            continue;
        }
        for (const std::uint64_t capacity : one_cpu ? asked.capacities_on_one_cpu : asked.capacities) {
            for (const std::uint64_t size : asked.sizes) {
                const std::uint64_t bytes = bytes_for(size, asked.most_bytes);
                row_group group{.table = (one_cpu ? "One CPU, pipe of " : "Two CPUs, pipe of ") + size_text(capacity),
                                .column = size_text(size),
                                .baselines = {"plain calls"},
                                .two_cpus = !one_cpu,
                                .bytes = bytes};
                if (!one_cpu || chosen.full) {
                    group.baselines.emplace_back("cut at 8 KiB + spin");
                    group.baselines.emplace_back("cut at 32 KiB + spin");
                }
                group.evaluate = [bytes](const std::vector<nlohmann::json>& reports) {
                    return throughput(reports, bytes);
                };
                add_pairs(group, known,
                          {.capacity = static_cast<int>(capacity),
                           .piece = size,
                           .room = size,
                           .bytes = bytes,
                           .touch = chosen.touch,
                           .writer_cpu = one_cpu ? here : pair->first,
                           .reader_cpu = one_cpu ? here : pair->second},
                          one_cpu, chosen.full);
                groups.push_back(std::move(group));
            }
        }
    }
    return groups;
}

} // namespace

int main(int count, char** words) {
    const options chosen = parse_options(
        count, words, "Throughput of a pipe: windpipe, bare system calls and other libraries", {.shapes = true});
    const catalogue known = load_catalogue();
    const experiment what{
        .question = "stream",
        .title = chosen.touch ? "Bytes through a pipe, filled and compared (GiB/s)" : "Bytes through a pipe (GiB/s)",
        .notes =
            {"Two processes; each write and each read is of the column's size. The reader compares the first and the "
             "last byte of every read with what must stand there, and counts.",
             "plain calls: write(2) and read(2), on Windows WriteFile and ReadFile: what a program does without "
             "thinking. no SIGPIPE: pwritev2(2) with RWF_NOSIGNAL, which only fails when nobody reads. cut at 8 KiB, "
             "32 KiB: writes of at most two, eight pages. + spin: and up to 50 us of trying "
             "with RWF_NOWAIT before sleeping: the best raw loops known.",
             "windpipe: pipe_writer::write and pipe_reader::read_some at both ends; the next two rows have it at one "
             "end "
             "and plain calls at the other."},
        .metrics = throughput_metrics(),
        .groups = make_groups(shape_for(chosen), known, chosen)};
    return run(what, chosen, known);
}

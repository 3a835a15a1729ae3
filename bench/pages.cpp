// What does it save when pages change hands instead of bytes being copied?
#include "harness/rows.hpp"

namespace {

using namespace bench;

constexpr int capacity = 1 << 20;

/// Of a sender that makes what it sends, to a reader that copies.
row_group sending(std::uint64_t piece, std::uint64_t bytes, cpu_pair cpus, const catalogue& known) {
    row_group group{.table = "Bytes that are made, then sent, pipe of 1 MiB",
                    .column = size_text(piece) + " at a time",
                    .baselines = {"plain calls", "windpipe"},
                    .two_cpus = cpus.first != cpus.second,
                    .bytes = bytes};
    group.evaluate = [bytes](const std::vector<nlohmann::json>& reports) { return throughput(reports, bytes); };
    const transfer how{.capacity = capacity,
                       .piece = piece,
                       .room = 64 * 1024,
                       .bytes = bytes,
                       .fill = true,
                       .writer_cpu = cpus.first,
                       .reader_cpu = cpus.second};
    const way& plain = known.find("plain calls");
    const way& ours = known.find("windpipe");
    group.entries = {stream_row("plain calls", plain, plain, how), stream_row("windpipe", ours, ours, how),
                     stream_row("windpipe, page pool", known.find("windpipe, page pool"), ours, how)};
    if (const way* const floor = known.look_up("vmsplice")) { // Linux has it
        group.entries.push_back(stream_row("vmsplice", *floor, plain, how));
    }
    return group;
}

/// Of a process between two pipes, which takes from one what it gives to the other.
row_group relaying(const way& sender, const way& receiver, const std::string& column, std::uint64_t bytes,
                   const catalogue& known) {
    row_group group{.table = "Bytes through a relay, pipes of 1 MiB",
                    .column = column,
                    .baselines = {"plain calls", "splice"},
                    .bytes = bytes};
    group.evaluate = [bytes](const std::vector<nlohmann::json>& reports) { return throughput(reports, bytes); };
    const auto settings = {setting("size", 64 * 1024), setting("bytes", bytes), setting("room", 64 * 1024)};
    for (const way& who : known.ways) {
        if (!who.why_not("relay").empty() || who.name.starts_with("cut at") ||
            who.name == "no SIGPIPE") { // the same calls in the same pieces
            continue;
        }
        entry row{.who = &who, .name = who.name};
        row.how.pipe_capacities = {capacity, capacity};
        row.how.works = {{.who = &receiver, .job = "receive", .settings = settings, .in_pipe = 1},
                         {.who = &who, .job = "relay", .in_pipe = 0, .out_pipe = 1},
                         {.who = &sender, .job = "send", .settings = settings, .out_pipe = 0}};
        group.entries.push_back(std::move(row));
    }
    return group;
}

} // namespace

int main(int count, char** words) {
    const options chosen = parse_options(count, words, "Pages that change hands: windpipe and bare system calls");
    const catalogue known = load_catalogue();
    const std::optional<cpu_pair> pair = choose_cpus();
    const int here = usable_cpus().front();
    const std::uint64_t bytes = (chosen.quick ? 64ULL : 512ULL) << 20;
    experiment what{
        .question = "pages",
        .title = "Pages that change hands (GiB/s)",
        .notes = {"The sender writes every byte anew before it sends it: plain calls and windpipe in memory of their "
                  "own, the page pool and vmsplice where it is sent from. The reader copies. vmsplice: memory of twice "
                  "the pipe's size in turn, used again when FIONREAD says that it has been read.",
                  "The relay is a third process, between two pipes; all three move freely over the CPUs. plain calls: "
                  "64 KiB at a time. Plain ends write and read; free ends lend the same pages and let them go unread, "
                  "so that the relay is all there is."},
        .metrics = throughput_metrics()};
    for (const std::uint64_t piece : {64U << 10, 1U << 20}) {
        what.groups.push_back(sending(piece, bytes, pair.value_or(cpu_pair{here, here}), known));
    }
    const way& plain = known.find("plain calls");
    what.groups.push_back(relaying(plain, plain, "plain ends", bytes, known));
    if (const way* const free_ends = known.look_up("free ends")) {
        what.groups.push_back(relaying(*free_ends, *free_ends, "free ends", 4 * bytes, known));
    }
    return run(what, chosen, known);
}

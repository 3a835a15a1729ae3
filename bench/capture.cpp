// How fast does the output of a child get into memory?
#include "harness/children.hpp"
#include "harness/rows.hpp"

namespace {

using namespace bench;

row_group make_group(std::uint64_t bytes, std::uint64_t block, const catalogue& known) {
    const std::optional<cpu_pair> cpus = choose_cpus();
    row_group group{.table = "Capture of " + size_text(bytes),
                    .column = "child writes " + size_text(block),
                    .baselines = {"best raw loop", "plain reads, append"},
                    .two_cpus = cpus.has_value(),
                    .memory = 3 * bytes,
                    .bytes = bytes};
    group.evaluate = [bytes](const std::vector<nlohmann::json>& reports) { return throughput(reports, bytes); };
    work how{.job = "capture",
             .settings = {setting("bytes", bytes), setting("block", block)},
             .program = emit_child(block, bytes)};
    if (cpus) {
        how.settings.push_back(setting("cpu", static_cast<std::uint64_t>(cpus->first)));
        how.program.push_back(std::to_string(cpus->second)); // the child moves itself there
    }
    for (const way& who : known.ways) {
        if (!who.why_not("capture").empty()) {
            continue;
        }
        if (who.kind != "floor" || who.name == "best raw loop") {
            group.entries.push_back(single(who, who.name, how));
        } else if (who.name == "posix_spawn" || who.name == "CreateProcess") { // how it is started does not matter here
            group.entries.push_back(single(who, "plain reads, append", how));
        }
    }
    add_missing(group.entries, known);
    return group;
}

/// A user who may not enlarge a pipe any more.
row_group make_poor_group(std::uint64_t bytes, std::uint64_t block, const catalogue& known) {
    row_group group = make_group(bytes, block, known);
    std::erase_if(group.entries,
                  [](const auto& entry) { return entry.name != "windpipe" && entry.name != "best raw loop"; });
    const auto rich = group.entries;
    for (auto& entry : group.entries) {
        for (auto& work : entry.how.works) {
            work.settings.push_back(setting("spent_quota", 1));
        }
        entry.name += ", quota spent";
    }
    group.table = "Pipe quota of the user spent: " + group.table;
    group.entries.insert(group.entries.end(), rich.begin(), rich.end());
    group.baselines = {"windpipe", "best raw loop"};
    return group;
}

} // namespace

int main(int count, char** words) {
    const options chosen = parse_options(count, words, "Capture: windpipe, bare system calls and other libraries");
    const catalogue known = load_catalogue();
    const std::uint64_t mebibytes = chosen.quick ? 32 : 256;
    experiment what{
        .question = "capture",
        .title = "Capture the output of a child into memory (GiB/s)",
        .notes = {"The child writes a pattern with plain calls; parent and child have a CPU each. The time "
                  "includes starting it and waiting for its end; comparing all bytes comes after that.",
                  "best raw loop: 1 MiB pipe, reads of 64 KiB straight into a reserved region backed by huge "
                  "pages, 50 us of trying before sleeping. plain reads, append: default pipe, reads of 64 KiB, "
                  "appended to a string. quota spent: of a user who has so many pipes that none may be enlarged "
                  "(pipe-user-pages-soft)."},
        .metrics = throughput_metrics()};
    for (const std::uint64_t block : {64 * 1024, 4 * 1024}) {
        what.groups.push_back(make_group(mebibytes << 20, block, known));
    }
    if (chosen.full) {
        what.groups.push_back(make_group(1024 << 20, 64 * 1024, known));
        what.groups.back().most_repetitions = 3;
    }
    if (known.look_up("best raw loop") != nullptr) { // Linux: a quota there is nowhere else
        what.groups.push_back(make_poor_group(mebibytes << 20, 64 * 1024, known));
    }
    return run(what, chosen, known);
}

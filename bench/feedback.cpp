// How fast do bytes go to a child and come back from it?
#include "harness/children.hpp"
#include "harness/rows.hpp"

int main(int count, char** words) {
    using namespace bench;
    const options chosen =
        parse_options(count, words, "Feed and read back: windpipe, bare system calls and other libraries");
    const catalogue known = load_catalogue();
    const std::uint64_t bytes = (chosen.quick ? 16ULL : chosen.full ? 256ULL : 128ULL) << 20;
    row_group group{.table = size_text(bytes) + " through cat and back",
                    .column = "feed and read back",
                    .baselines = {"best raw loop", "plain poll loop", "plain threads"},
                    .memory = 4 * bytes,
                    .bytes = bytes};
    group.evaluate = [bytes](const std::vector<nlohmann::json>& reports) { return throughput(reports, bytes); };
    for (const way& who : known.ways) {
        if (who.why_not("feed_back").empty()) {
            group.entries.push_back(single(
                who, who.name, {.job = "feed_back", .settings = {setting("bytes", bytes)}, .program = cat_child()}));
        }
    }
    add_missing(group.entries, known);
    const experiment what{
        .question = "feedback",
        .title = "Feed a child and read its output at the same time (GiB/s)",
        .notes =
            {"The input is in memory, the output is kept in memory and compared byte for byte afterwards. Parent and "
             "child move freely over the CPUs, since some peers use a second thread.",
             "best raw loop: one thread, 1 MiB pipes, pieces of 64 KiB, 50 us of trying before poll, huge pages for "
             "the "
             "output. plain poll loop: the same with default pipes and a string that grows. plain threads: blocking "
             "calls, a second thread feeds."},
        .metrics = throughput_metrics(),
        .groups = {group}};
    return run(what, chosen, known);
}

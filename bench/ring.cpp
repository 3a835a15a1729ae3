// What do bytes cost that go through shared memory, beside those that go through a kernel pipe?
#include "harness/rows.hpp"

#include <algorithm>
#include <cstdio>

namespace {

using namespace bench;

constexpr std::uint64_t pipe_capacity = 1 << 20;
constexpr std::uint64_t ring_capacity = 8 << 20; // several times the second cache of a processor

/// Who is measured: by which name, with how much memory in between.
struct rival {
    std::string row;
    std::string name;
    std::uint64_t capacity;
};

const std::vector<rival>& rivals() {
    static const std::vector<rival> all = {
        {"plain calls", "plain calls", pipe_capacity},
        {"cut at 8 KiB + spin", "cut at 8 KiB + spin", pipe_capacity},
        {"windpipe, a pipe", "windpipe", pipe_capacity},
        {"windpipe ring", "windpipe ring", ring_capacity},
        {"windpipe ring of 1 MiB", "windpipe ring", pipe_capacity},
        {"windpipe ring, in place", "windpipe ring, in place", ring_capacity},
        {"windpipe ring, shared", "windpipe ring, shared", ring_capacity},
        {"textbook ring", "textbook ring", ring_capacity},
        {"boost message_queue", "boost::interprocess::message_queue", ring_capacity},
    };
    return all;
}

/// The two processes of a row. The first one leads, and is the one whose report counts.
struct side {
    std::string job;
    std::vector<std::string> settings;
    int cpu;
};

/// `follower` is started first. With two pipes between them they can talk both ways.
entry row_of(const rival& which, const way& who, side leader, side follower, bool both_ways) {
    entry row{.who = &who, .name = which.row};
    for (side* one : {&leader, &follower}) {
        one->settings.push_back(setting("cpu", static_cast<std::uint64_t>(one->cpu)));
        one->settings.push_back(setting("capacity", which.capacity));
    }
    const int back = both_ways ? 1 : -1;
    const auto capacity = static_cast<int>(pipe_capacity);
    row.how.pipe_capacities = both_ways ? std::vector{capacity, capacity} : std::vector{capacity};
    row.how.works = {
        {.who = &who, .job = follower.job, .settings = follower.settings, .in_pipe = 0, .out_pipe = back},
        {.who = &who, .job = leader.job, .settings = leader.settings, .in_pipe = back, .out_pipe = 0},
    };
    return row;
}

template <class Make>
void add_rows(row_group& group, const catalogue& known, const std::string& job, const Make& make) {
    for (const rival& each : rivals()) {
        const way* const who = known.look_up(each.name);
        if (who != nullptr && who->why_not("duct").empty() && who->why_not(job).empty()) {
            group.entries.push_back(make(each, *who));
        } else if (who != nullptr) {
            group.entries.push_back({.name = each.row, .absent = "absent: " + who->why_not(job)});
        }
    }
}

row_group stream_group(std::uint64_t size, std::uint64_t bytes, bool touch, bool one_cpu, cpu_pair cpus,
                       const catalogue& known) {
    row_group group{
        .table = std::string(one_cpu ? "One CPU" : "Two CPUs") + (touch ? ", every byte written and compared" : ""),
        .column = size_text(size),
        .baselines = {"plain calls", "windpipe, a pipe", "windpipe ring", "textbook ring", "boost message_queue"},
        .two_cpus = !one_cpu,
        .bytes = bytes};
    group.evaluate = [bytes](const std::vector<nlohmann::json>& reports) { return throughput(reports, bytes); };
    const std::vector settings{setting("size", size), setting("bytes", bytes), setting("room", 64 * 1024),
                               setting("touch", touch ? 1 : 0)};
    add_rows(group, known, "duct", [&](const rival& which, const way& who) {
        return row_of(which, who, {"duct_send", settings, cpus.first}, {"duct_receive", settings, cpus.second}, false);
    });
    return group;
}

row_group trip_group(std::uint64_t size, std::uint64_t count, bool one_cpu, cpu_pair cpus, const catalogue& known) {
    row_group group{.table = std::string("Round trip, ") + (one_cpu ? "one CPU" : "two CPUs"),
                    .column = size_text(size),
                    .baselines = {"plain calls", "textbook ring"},
                    .two_cpus = !one_cpu,
                    .bytes = size * count};
    group.metrics = {{.key = "p50_us", .title = "median round trip", .unit = "us"},
                     {.key = "p99_us", .title = "p99 us", .unit = "us"},
                     {.key = "cpu_us", .title = "CPU us", .unit = "us"}};
    if (!one_cpu) {
        group.metrics.push_back({.key = "bounces", .title = "in round trips of a cache line", .unit = ""});
    }
    group.evaluate = [count](const std::vector<nlohmann::json>& reports) {
        const nlohmann::json& asking = reports.back();
        const double cpu_ns = reports.front().at("cpu_ns").get<double>() + asking.at("cpu_ns").get<double>();
        return values{{"p50_us", asking.at("p50_ns").get<double>() / 1000},
                      {"p99_us", asking.at("p99_ns").get<double>() / 1000},
                      {"cpu_us", cpu_ns / 1000 / static_cast<double>(count)}};
    };
    const std::vector settings{setting("size", size), setting("count", count)};
    add_rows(group, known, "duct", [&](const rival& which, const way& who) {
        return row_of(which, who, {"duct_ping", settings, cpus.first}, {"duct_echo", settings, cpus.second}, true);
    });
    return group;
}

row_group death_group(bool writes, cpu_pair cpus, const catalogue& known) {
    row_group group{.table = "The other process is killed",
                    .column = writes ? "writing to a full one" : "reading",
                    .baselines = {"plain calls"},
                    .two_cpus = cpus.first != cpus.second};
    group.metrics = {{.key = "notice_us", .title = "from kill to notice", .unit = "us"}};
    group.evaluate = [](const std::vector<nlohmann::json>& reports) {
        return values{{"notice_us", reports.back().at("notice_ns").get<double>() / 1000}};
    };
    const std::vector settings{setting("size", 64), setting("writes", writes ? 1 : 0)};
    add_rows(group, known, "notice", [&](const rival& which, const way& who) {
        return row_of(which, who, {"notice", settings, cpus.first}, {"victim", settings, cpus.second}, true);
    });
    return group;
}

std::vector<row_group> make_groups(const options& chosen, const catalogue& known) {
    const std::optional<cpu_pair> pair = choose_cpus();
    const int here = usable_cpus().front();
    const auto bytes_for = [&](std::uint64_t size) {
        const std::uint64_t most = size <= 64 ? 128 << 20 : size <= 1024 ? 512 << 20 : 2048ULL << 20;
        return most / (chosen.quick ? 8 : 1);
    };
    std::vector<row_group> groups;
    for (const bool one_cpu : {false, true}) {
        if (!one_cpu && !pair) {
            std::puts("rows over two CPUs are absent: this process may use only one");
            continue;
        }
        const cpu_pair cpus = one_cpu ? cpu_pair{here, here} : *pair;
        for (const bool touch : {false, true}) {
            for (const std::uint64_t size : {64, 1024, 65536}) {
                if (!touch || (!one_cpu && size > 64)) {
                    groups.push_back(stream_group(size, bytes_for(size), touch, one_cpu, cpus, known));
                }
            }
        }
        for (const std::uint64_t size : {64, 65536}) {
            const std::uint64_t count = (chosen.quick ? 2'000 : 20'000) / (size > 64 ? 10 : 1);
            groups.push_back(trip_group(size, count, one_cpu, cpus, known));
        }
    }
    for (const bool writes : {false, true}) {
        groups.push_back(death_group(writes, pair.value_or(cpu_pair{here, here}), known));
    }
    return groups;
}

} // namespace

int main(int count, char** words) {
    const options chosen = parse_options(count, words, "Rings: windpipe's, pipes, and what others do in shared memory");
    const catalogue known = load_catalogue();
    const experiment what{
        .question = "ring",
        .title = "Bytes through shared memory, beside pipes (GiB/s)",
        .notes =
            {"Two processes. Writes are of the column's size, reads of up to 64 KiB; the reader compares the first and "
             "the last byte of every read with what must stand there, and counts. Where every byte is written and "
             "compared, messages are made up before they are sent, in place where that is offered.",
             "plain calls, cut at 8 KiB + spin, windpipe, a pipe: kernel pipes of 1 MiB, as in the other tables. "
             "Rings and queues have 8 MiB in between, where nothing else is said; all of it has been used once "
             "before the clock starts.",
             "textbook ring: two counters in shared memory, which one writer and one reader look at until they "
             "change; no end of stream, no sleep, no check. boost message_queue: "
             "boost::interprocess::message_queue, a mutex and condition variables in shared memory.",
             "Killed: from SIGKILL until the other process has come back from its call; the system takes the dead one "
             "apart in between."},
        .metrics = throughput_metrics(),
        .groups = make_groups(chosen, known)};
    return run(what, chosen, known);
}

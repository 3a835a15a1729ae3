#include "harness/rows.hpp"

#include <algorithm>

namespace bench {

std::string setting(const std::string& key, std::uint64_t value) { return key + "=" + std::to_string(value); }

std::string size_text(std::uint64_t bytes) {
    if (bytes >= 1 << 30 && bytes % (1 << 30) == 0) {
        return std::to_string(bytes >> 30) + " GiB";
    }
    if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
        return std::to_string(bytes >> 20) + " MiB";
    }
    if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) {
        return std::to_string(bytes >> 10) + " KiB";
    }
    return std::to_string(bytes) + " B";
}

void add_missing(std::vector<entry>& rows, const catalogue& known) {
    for (const missing_peer& each : known.missing) {
        rows.push_back({.name = each.name, .absent = "absent: " + each.reason});
    }
}

entry single(const way& who, const std::string& name, work how) {
    how.who = &who;
    return {.who = &who, .name = name, .how = {.works = {std::move(how)}}};
}

values throughput(const std::vector<nlohmann::json>& reports, std::uint64_t bytes) {
    auto begin = reports.front().at("begin_ns").get<std::int64_t>();
    auto end = reports.front().at("end_ns").get<std::int64_t>();
    if (reports.size() > 1) {
        // The receiver is started first and its data ends last; the time begins when the sender does.
        begin = reports.back().at("begin_ns").get<std::int64_t>();
    }
    double cpu_ns = 0;
    for (const nlohmann::json& report : reports) {
        cpu_ns += report.at("cpu_ns").get<double>();
    }
    const double gibibytes = static_cast<double>(bytes) / static_cast<double>(1ULL << 30);
    return {{"gib_per_s", gibibytes / (static_cast<double>(end - begin) * 1e-9)},
            {"cpu_s_per_gib", cpu_ns * 1e-9 / gibibytes}};
}

std::vector<metric> throughput_metrics() {
    return {{.key = "gib_per_s", .title = "throughput", .unit = "GiB/s", .higher_is_better = true},
            {.key = "cpu_s_per_gib", .title = "CPU s/GiB", .unit = "s/GiB"}};
}

entry stream_row(const std::string& name, const way& writer, const way& reader, const transfer& how) {
    const auto settings = [&](int cpu, bool touch) {
        return std::vector{setting("cpu", static_cast<std::uint64_t>(cpu)), setting("size", how.piece),
                           setting("bytes", how.bytes), setting("room", how.room), setting("touch", touch ? 1 : 0)};
    };
    entry row{.who = writer.kind == "windpipe" ? &writer : &reader, .name = name};
    row.how.pipe_capacities = {how.capacity};
    row.how.works = {
        {.who = &reader, .job = "receive", .settings = settings(how.reader_cpu, how.touch), .in_pipe = 0},
        {.who = &writer, .job = "send", .settings = settings(how.writer_cpu, how.touch || how.fill), .out_pipe = 0},
    };
    return row;
}

} // namespace bench

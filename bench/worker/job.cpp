#include "worker/job.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <stdexcept>

namespace bench {

parameters::parameters(int count, char** words) {
    int index = 0;
    for (; index < count && std::string_view(words[index]) != "--"; ++index) {
        const std::string_view word = words[index];
        const std::size_t equals = word.find('=');
        if (equals == std::string_view::npos) {
            throw std::runtime_error("expected key=value, got '" + std::string(word) + "'");
        }
        values_.insert_or_assign(std::string(word.substr(0, equals)), std::string(word.substr(equals + 1)));
    }
    for (++index; index < count; ++index) {
        program_.emplace_back(words[index]);
    }
}

std::uint64_t parameters::number(std::string_view key, std::uint64_t otherwise) const {
    const auto found = values_.find(key);
    if (found == values_.end()) {
        return otherwise;
    }
    const std::string& text = found->second;
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) {
        throw std::runtime_error(std::string(key) + ": '" + text + "' is not a number");
    }
    return value;
}

void stopwatch::finish(nlohmann::json& report) const {
    const std::int64_t end_ns = now_ns();
    const usage after = usage_now();
    report["begin_ns"] = begin_ns_;
    report["end_ns"] = end_ns;
    report["cpu_ns"] = after.cpu_ns - before_.cpu_ns;
    report["waited_ns"] = after.waited_ns - before_.waited_ns;
}

double quantile(std::vector<std::int64_t>& values, double share) {
    if (values.empty()) {
        return 0;
    }
    const auto position = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + position, values.end());
    return static_cast<double>(values[static_cast<std::size_t>(position)]);
}

namespace {

/// Calls `once` until enough calls and enough time have passed; some calls before that warm up.
template <class Once>
nlohmann::json repeat(const parameters& given, Once once) {
    const std::uint64_t least = given.number("least", 5);
    const std::uint64_t most = given.number("most", 2000);
    const auto span_ns = static_cast<std::int64_t>(given.number("milliseconds", 25) * 1'000'000);
    const std::uint64_t warm_ups = given.number("warm_ups", 2);
    std::vector<std::int64_t> took_ns;
    took_ns.reserve(most);
    for (std::uint64_t done = 0; done < warm_ups; ++done) {
        once();
    }
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    const std::int64_t begin_ns = now_ns();
    std::int64_t before_ns = begin_ns;
    while (took_ns.size() < most && (took_ns.size() < least || before_ns - begin_ns < span_ns)) {
        once();
        const std::int64_t after_ns = now_ns();
        took_ns.push_back(after_ns - before_ns);
        before_ns = after_ns;
    }
    watch.finish(report);
    report["operations"] = took_ns.size();
    report["median_ns"] = quantile(took_ns, 0.5);
    report["mean_ns"] = static_cast<double>(before_ns - begin_ns) / static_cast<double>(took_ns.size());
    return report;
}

nlohmann::json run_spawn(const peer& who, const parameters& given) {
    nlohmann::json report = repeat(given, [&] { who.spawn(given.program()); });
    report["right"] = true; // a start that fails or a child that fails throws
    return report;
}

/// Many children at once; what is reported is of one child.
nlohmann::json run_batch(const peer& who, const parameters& given) {
    const std::uint64_t count = given.number("count", 1);
    nlohmann::json report = repeat(given, [&] { who.batch(given.program(), count); });
    for (const char* const time : {"median_ns", "mean_ns"}) {
        report[time] = report.at(time).get<double>() / static_cast<double>(count);
    }
    report["operations"] = report.at("operations").get<std::uint64_t>() * count;
    report["right"] = true; // as for one
    return report;
}

/// Many short captures, for the cost of starting.
nlohmann::json run_short_capture(const peer& who, const parameters& given) {
    bool right = true;
    nlohmann::json report = repeat(given, [&] {
        const captured output = who.capture(given.program());
        right = right && (output.streamed == 3 || output.bytes == "hi\n");
    });
    report["right"] = right;
    return report;
}

/// One long capture, for the cost of a byte.
nlohmann::json run_capture(const peer& who, const parameters& given) {
    const std::uint64_t bytes = given.number("bytes", 0);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    const captured output = who.capture(given.program());
    watch.finish(report);
    report["bytes"] = output.bytes.size() + output.streamed;
    report["right"] = output.streamed == bytes ||
                      (output.bytes.size() == bytes && is_pattern(output.bytes, given.number("block", 65536)));
    return report;
}

nlohmann::json run_feed_back(const peer& who, const parameters& given) {
    const std::vector<char> input = [&] {
        std::vector<char> filled = pattern(given.number("bytes", 0));
        return filled;
    }();
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    const captured output = who.feed_back(given.program(), std::string_view(input.data(), input.size()));
    watch.finish(report);
    report["bytes"] = output.bytes.size();
    report["right"] = output.bytes == std::string_view(input.data(), input.size());
    return report;
}

nlohmann::json run_send(const peer& who, const parameters& given) {
    const std::size_t size = given.number("size", 65536);
    outgoing data(size, given.number("bytes", 0) / size, given.number("touch", 0) != 0);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    who.send(data_out(), data);
    watch.finish(report);
    report["bytes"] = data.bytes();
    report["right"] = data.bytes() == given.number("bytes", 0);
    return report;
}

nlohmann::json run_receive(const peer& who, const parameters& given) {
    incoming data(given.number("size", 65536), given.number("bytes", 0), given.number("room", 65536),
                  given.number("touch", 0) != 0);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    who.receive(data_in(), data);
    watch.finish(report);
    report["bytes"] = data.bytes();
    report["right"] = data.right();
    return report;
}

nlohmann::json run_there_and_back(const peer& who, const parameters& given) {
    const std::size_t size = given.number("size", 65536);
    const std::uint64_t bytes = given.number("bytes", 0);
    outgoing sent(size, bytes / size, false);
    incoming got(size, bytes, given.number("room", size), false);
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    who.there_and_back(sent, got);
    watch.finish(report);
    report["bytes"] = got.bytes();
    report["right"] = got.right();
    return report;
}

nlohmann::json run_relay(const peer& who, const parameters& /*given*/) {
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    who.relay(data_in(), data_out());
    watch.finish(report);
    report["right"] = true; // the receiver compares the bytes
    return report;
}

nlohmann::json run_ping(const peer& who, const parameters& given) {
    questions data(given.number("size", 1), given.number("count", 1000));
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    who.ping(data_in(), data_out(), data);
    watch.finish(report);
    report["bytes"] = data.bytes();
    report["right"] = data.right();
    report["p50_ns"] = quantile(data.took_ns(), 0.5);
    report["p99_ns"] = quantile(data.took_ns(), 0.99);
    return report;
}

nlohmann::json run_echo(const peer& who, const parameters& given) {
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    who.echo(data_in(), data_out(), given.number("size", 1));
    watch.finish(report);
    report["right"] = true; // the other side compares the answers
    return report;
}

/// Many children at once; what is not the payload, of one child.
nlohmann::json run_many(const peer& who, const parameters& given) {
    crowd all(given.program(), given.number("count", 1));
    await_start();
    const std::uint64_t memory_before = peak_memory();
    nlohmann::json report;
    const stopwatch watch;
    const std::vector<captured> outputs = who.many(all);
    watch.finish(report);
    const auto payload = given.number("bytes", 0);
    const auto more = static_cast<double>(peak_memory() - memory_before) - static_cast<double>(payload);
    report["bytes_of_each"] = std::max(more, 1.0) / static_cast<double>(all.count());
    report["started_ns"] = all.started_ns();
    report["bytes"] = std::accumulate(outputs.begin(), outputs.end(), std::uint64_t{0},
                                      [](std::uint64_t sum, const captured& each) { return sum + each.bytes.size(); });
    report["right"] = outputs.size() == all.count() && std::ranges::all_of(outputs, [&](const captured& each) {
                          return is_pattern(each.bytes, payload / all.count());
                      });
    return report;
}

nlohmann::json run_listen(const peer& who, const parameters& given) {
    many_pipes all(given.number("count", 1), given.number("turns", 1));
    await_start();
    nlohmann::json report;
    const stopwatch watch;
    who.listen(all);
    watch.finish(report);
    report["right"] = all.right();
    report["p50_ns"] = quantile(all.took_ns(), 0.5);
    report["p99_ns"] = quantile(all.took_ns(), 0.99);
    return report;
}

} // namespace

nlohmann::json run_job(const peer& who, std::string_view job, const parameters& given) {
    job_list jobs = {{"spawn", run_spawn},
                     {"batch", run_batch},
                     {"short_capture", run_short_capture},
                     {"capture", run_capture},
                     {"feed_back", run_feed_back},
                     {"send", run_send},
                     {"receive", run_receive},
                     {"relay", run_relay},
                     {"ping", run_ping},
                     {"echo", run_echo},
                     {"many", run_many},
                     {"listen", run_listen},
                     {"there_and_back", run_there_and_back}};
    jobs.insert(duct_jobs().begin(), duct_jobs().end());
    const auto found = jobs.find(job);
    if (found == jobs.end()) {
        throw std::runtime_error("no job '" + std::string(job) + "'");
    }
    return found->second(who, given);
}

} // namespace bench

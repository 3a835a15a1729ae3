// job.hpp - one piece of work that a worker process is started for, and its report.
#pragma once

#include "worker/peer.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace bench {

/// `key=value` words of the worker's command line, and what follows `--`.
class parameters {
public:
    parameters(int count, char** words);

    [[nodiscard]] std::uint64_t number(std::string_view key, std::uint64_t otherwise) const;
    [[nodiscard]] bool has(std::string_view key) const { return values_.contains(key); }
    [[nodiscard]] const arguments& program() const { return program_; }

private:
    std::map<std::string, std::string, std::less<>> values_;
    arguments program_;
};

/// Processor time of this process and its reaped children, and how long it was ready to run but had no processor.
struct usage {
    std::int64_t cpu_ns = 0;
    std::int64_t waited_ns = 0;
};
usage usage_now();

/// Pins, limits and fills the process as the parameters ask, before the start.
void prepare_process(const parameters& given);
/// The ends of the pipes that the job is about.
pipe_end data_in();
pipe_end data_out();
/// Says that the job can begin, and waits until it may.
void await_start();
void send_report(const nlohmann::json& report);

/// For what is done about the end of a process.
std::uint64_t this_process();
void kill_process(std::uint64_t number);
/// A write that nobody reads fails, and does no more.
void ignore_broken_pipes();
[[noreturn]] void wait_forever();

/// Measures the time and the processor time between its making and finish().
class stopwatch {
public:
    stopwatch() : before_(usage_now()), begin_ns_(now_ns()) {}
    void finish(nlohmann::json& report) const;

private:
    usage before_;
    std::int64_t begin_ns_;
};

/// Value at `share` of the sorted sequence, 0.5 for the median.
double quantile(std::vector<std::int64_t>& values, double share);

/// By name.
using job_list = std::map<std::string_view, nlohmann::json (*)(const peer&, const parameters&)>;
/// Those over a peer's own duct.
const job_list& duct_jobs();
nlohmann::json run_job(const peer& who, std::string_view job, const parameters& given);

} // namespace bench

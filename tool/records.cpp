#include "records.hpp"

#include "platform.hpp"
#include "verdict.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <charconv>
#include <system_error>

namespace windpipe_tool {

namespace {

using nlohmann::json;
using std::chrono::nanoseconds;

constexpr auto schema = "windpipe.records/1";

/// Signals are told by their meaning: their numbers are those of a system.
const char* name_of(asked what) {
    switch (what) {
    case asked::interrupt:
        return "interrupt";
    case asked::quit:
        return "quit";
    case asked::hang_up:
        return "hang_up";
    case asked::terminate:
        return "terminate";
    default:
        return nullptr;
    }
}

const char* name_of(ending why) {
    switch (why) {
    case ending::not_started:
        return "not_started";
    case ending::timed_out:
        return "timed_out";
    case ending::stalled:
        return "stalled";
    case ending::asked:
        return "asked";
    case ending::complete:
        break;
    }
    return "complete";
}

const char* name_of(windpipe::success_rule rule) {
    return rule == windpipe::success_rule::strict ? "strict"
           : rule == windpipe::success_rule::last ? "last"
                                                  : "default";
}

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }
json text_or_null(const char* text) { return text == nullptr ? json() : json(text); }

json status_of(const stage_report& stage) {
    if (stage.pid == 0) {
        return {{"kind", "not_started"}};
    }
    if (!stage.status) {
        return {{"kind", "unknown"}};
    }
    if (const auto signal = stage.status->signal()) {
        return {{"kind", "signalled"},
                {"signal", *signal},
                {"name", platform::signal_name(*signal)},
                {"core_dumped", stage.status->core_dumped()}};
    }
    return {{"kind", "exited"}, {"code", stage.status->code().value_or(0)}};
}

json pipe_of(const pipe_report& pipe, std::size_t index) {
    json record = {{"pipe", index + 1},
                   {"from", index + 1},
                   {"to", index + 2},
                   {"capacity_bytes", pipe.capacity ? json(*pipe.capacity) : json()},
                   {"exact", pipe.exact.has_value()},
                   {"moved_bytes", {}},
                   {"read_wait_ns", {}},
                   {"write_wait_ns", {}}};
    if (pipe.exact) {
        record["moved_bytes"] = pipe.exact->bytes;
        record["read_wait_ns"] = pipe.exact->waited_to_read.count();
        record["write_wait_ns"] = pipe.exact->waited_to_write.count();
    }
    return record;
}

json pipes_of(const pipeline_report& report) {
    json pipes = json::array();
    for (std::size_t i = 0; i < report.pipes.size(); ++i) {
        pipes.push_back(pipe_of(report.pipes[i], i));
    }
    return pipes;
}

} // namespace

std::expected<records, std::string> records::open(const run_request& request, const pipeline_plan& plan) {
    records made;
    made.request_ = &request;
    made.plan_ = &plan;
    if (request.report) {
        made.page_.emplace();
    }
    if (!request.json) {
        return made;
    }
    const std::string& target = *request.json;
    constexpr std::string_view by_number = "fd:";
    int number = 0;
    const char* const digits = target.data() + std::min(by_number.size(), target.size());
    const auto [after, wrong] = std::from_chars(digits, target.data() + target.size(), number);
    errno = 0;
    if (!target.starts_with(by_number)) {
        made.file_.reset(platform::open_to_write(target));
    } else if (wrong != std::errc() || after != target.data() + target.size()) {
        return std::unexpected(fmt::format("--json: '{}' names no descriptor; write it as fd:3", target));
    } else if (number < 2) {
        return std::unexpected(fmt::format("--json: {} is a stream of the stages", target));
    } else {
        made.file_.reset(platform::open_to_write(number));
    }
    if (!made.file_) {
        return std::unexpected(
            fmt::format("--json: '{}' cannot be opened: {}", target, std::generic_category().message(errno)));
    }
    made.out_.emplace(made.file_.get());
    return made;
}

std::int64_t records::now() const {
    return std::chrono::duration_cast<nanoseconds>(std::chrono::steady_clock::now() - start_).count();
}

void records::write(const json& record) {
    if (page_) {
        page_->add(record);
    }
    if (!file_) {
        return;
    }
    // What is no UTF-8 in the name of a file or an argument cannot be JSON.
    const std::string line = record.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
    if (const auto why = out_->write(line)) {
        failure_ = fmt::format("the records in '{}' are not complete: {}", *request_->json,
                               why == std::errc::timed_out ? "nobody reads them" : why.message());
        out_.reset();
        file_.reset();
    }
}

void records::begin(const pipeline_report& report) {
    json stages = json::array();
    for (std::size_t i = 0; i < plan_->size(); ++i) {
        const stage_plan& stage = (*plan_)[i];
        stages.push_back(
            {{"stage", i + 1},
             {"name", text_or_null(stage.name)},
             {"program", stage.line.front()},
             {"arguments", request_->redact ? json() : json(words(stage.line.begin() + 1, stage.line.end()))},
             {"pid", report.stages[i].pid != 0 ? json(report.stages[i].pid) : json()}});
    }
    const auto time = std::chrono::system_clock::now().time_since_epoch();
    write({{"record", "begin"},
           {"schema", schema},
           {"windpipe", WINDPIPE_VERSION},
           {"system", platform::system_name()},
           {"unix_time_ns", std::chrono::duration_cast<nanoseconds>(time).count()},
           {"time_ns", now()},
           {"pid", platform::own_pid()},
           {"exact", request_->exact},
           {"status_rule", name_of(request_->rule)},
           {"stages", std::move(stages)},
           {"pipes", pipes_of(report)}});
    begun_ = true;
}

void records::sample(watch& watcher, const pipeline_report& report) {
    if (wanted()) {
        json record = {{"record", "sample"}, {"time_ns", now()}, {"pipes", pipes_of(report)}};
        watcher.fill_sample(record);
        write(record);
    }
}

void records::notice(const std::string& text) {
    if (begun_) {
        write({{"record", "notice"}, {"time_ns", now()}, {"text", text}});
    }
}

json records::stage_of(const pipeline_report& report, std::size_t index) const {
    const stage_report& stage = report.stages[index];
    const auto used = [&](auto member) -> json { return stage.used ? json((*stage.used.*member).count()) : json(); };
    const bool memory_known = stage.used && stage.used->max_resident_bytes != 0;
    const auto io = [&](auto member) -> json { return stage.io ? json((*stage.io).*member) : json(); };
    const bool judged = request_->rule == windpipe::success_rule::forgiving && !report.failure;
    return {
        {"record", "stage"},
        {"time_ns", now()},
        {"stage", index + 1},
        {"status", status_of(stage)},
        {"broke_its_pipe", stage.broke_its_pipe},
        {"forgiven", judged && is_forgiven(report.stages, index)},
        {"wall_ns", used(&windpipe::resource_usage::wall)},
        {"user_ns", used(&windpipe::resource_usage::user)},
        {"system_ns", used(&windpipe::resource_usage::system)},
        {"read_bytes", io(&tree::io_counters::read)},
        {"written_bytes", io(&tree::io_counters::written)},
        {"max_resident_bytes", memory_known ? json(stage.used->max_resident_bytes) : json()},
        {"max_resident_is_upper_bound", memory_known && stage.used->max_resident_bytes <= report.least_peak_memory}};
}

void records::end(watch& watcher, const pipeline_report& report, int exit_status) {
    if (!wanted()) {
        return;
    }
    if (!begun_) {
        begin(report);
    }
    for (std::size_t i = 0; i < report.stages.size(); ++i) {
        write(stage_of(report, i));
    }
    for (std::size_t i = 0; i < report.pipes.size(); ++i) {
        json record = pipe_of(report.pipes[i], i);
        record["record"] = "pipe";
        record["time_ns"] = now();
        write(record);
    }
    json failure;
    if (report.failure) {
        failure = {{"stage", report.failure->stage + 1},
                   {"step", report.failure->cause.operation},
                   {"message", report.failure->cause.code.message()}};
    }
    json output;
    if (request_->atomic_output) {
        output = {{"path", request_->redact ? json() : json(*request_->atomic_output)}, {"replaced", report.replaced}};
    }
    json record = {{"record", "end"},
                   {"time_ns", now()},
                   {"why", name_of(report.why)},
                   {"signal", text_or_null(name_of(report.signal))},
                   {"killed", report.killed},
                   {"exit_status", exit_status},
                   {"wall_ns", report.wall.count()},
                   {"failure", std::move(failure)},
                   {"atomic_output", std::move(output)},
                   {"verdict", {}}};
    watcher.fill_end(record);
    write(record);
}

} // namespace windpipe_tool

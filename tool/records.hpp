// records.hpp - what happened to a pipeline, for programs: one JSON object a line. docs/records.md says what they mean.
#pragma once

#include "outlet.hpp"
#include "page.hpp"
#include "pipeline.hpp"
#include "plan.hpp"
#include "request.hpp"
#include "watch.hpp"

#include <windpipe/error.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstdio>
#include <expected>
#include <memory>
#include <optional>
#include <string>

namespace windpipe_tool {

/// Writes the records of one run, and collects them for its page. A record that cannot be written, on a full disk for
/// example, is the last one that is tried: the pipeline runs on.
///
/// *Threads*: one.
class records {
public:
    /// Opens `request.json`. Writes nothing, ever, where that is not set, and collects nothing without
    /// `request.report`.
    ///
    /// *Errors*: a sentence for people.
    static std::expected<records, std::string> open(const run_request& request, const pipeline_plan& plan);

    /// When the stages have been started, or could not be.
    void begin(const pipeline_report& report);
    void sample(watch& watcher, const pipeline_report& report);
    void notice(const std::string& text);
    /// One for each stage and each pipe, and the last one.
    void end(watch& watcher, const pipeline_report& report, int exit_status);

    /// Why not all of them have been written; empty: they have.
    [[nodiscard]] const std::string& failure() const { return failure_; }

    /// Of what has been told so far. Nothing: none is wanted.
    [[nodiscard]] const std::optional<page>& collected() const { return page_; }

private:
    records() = default;
    [[nodiscard]] bool wanted() const { return file_ || page_; }
    void write(const nlohmann::json& record);
    [[nodiscard]] std::int64_t now() const;
    [[nodiscard]] nlohmann::json stage_of(const pipeline_report& report, std::size_t index) const;

    struct closer {
        void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
    };
    std::unique_ptr<std::FILE, closer> file_;
    std::optional<outlet> out_; ///< of the file
    std::optional<page> page_;
    const run_request* request_ = nullptr;
    const pipeline_plan* plan_ = nullptr;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    bool begun_ = false;
    std::string failure_;
};

} // namespace windpipe_tool

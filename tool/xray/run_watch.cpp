// run_watch.cpp - the x-ray of a pipeline that windpipe runs itself.
#include "watch.hpp"

#include "table.hpp"
#include "xray/limit.hpp"
#include "xray/live.hpp"
#include "xray/report.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace windpipe_tool {

namespace {

using nlohmann::json;

/// Often enough for a picture over time.
constexpr std::chrono::milliseconds between_looks{100};

template <class T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json();
}

std::string_view name_of(xray::doing what) {
    constexpr std::string_view names[] = {"works", "input", "room", "else", "stopped", "ended", "unknown"};
    return names[static_cast<std::size_t>(what)];
}

std::string_view name_of(xray::limit_reason reason) {
    constexpr std::string_view names[] = {"unknown", "cpu", "starved_of_cpu", "asleep", "source", "sink", "stopped"};
    return names[static_cast<std::size_t>(reason)];
}

/// Looks at the stages from outside, as `windpipe attach` does. Where the system does not offer that, it does nothing.
class xray_watch final : public watch {
public:
    explicit xray_watch(const watch_request& request)
        : sums_up_(request.xray), exact_(request.exact), at_once_(request.at_once), names_(request.names) {
        if (request.live) {
            shown_.emplace(xray::stream::errors, request.pictures, request.expected);
        }
    }

    void stage_started(std::size_t /*index*/, const windpipe::child& stage) override { pids_.push_back(stage.pid()); }

    void all_started() override {
        if (at_once_) {
            tick();
        }
    }

    [[nodiscard]] std::optional<std::chrono::nanoseconds> interval() const override {
        return obstacle_.empty() ? std::optional<std::chrono::nanoseconds>(between_looks) : std::nullopt;
    }

    void tick() override {
        if (!looks_ && obstacle_.empty()) {
            looks_.emplace(xray::observer(), pids_, names_, exact_);
        }
        const auto seen = looks_ ? looks_->look() : windpipe::result<void>();
        if (!seen) {
            looks_.reset(); // the system does not tell, and will not
            obstacle_ = seen.error().message();
        } else if (looks_ && shown_) {
            static_cast<void>(shown_->show(*looks_));
        }
    }

    void finished(const pipeline_report& report) override {
        shown_.reset();
        if (!obstacle_.empty()) {
            io_ = io_table(report);
        }
    }

    [[nodiscard]] std::optional<std::uint64_t> bytes_moved() override {
        return looks_ ? std::optional(looks_->seen().bytes_moved()) : std::nullopt;
    }

    [[nodiscard]] std::string snapshot() override {
        tick();
        return looks_ ? xray::report_of(*looks_) : std::string();
    }

    void fill_sample(json& record) override {
        if (!looks_) {
            return;
        }
        const auto& seen = looks_->seen();
        json stages = json::array();
        for (std::size_t i = 0; i < seen.pipeline().stages.size(); ++i) {
            const auto shares = seen.stage(i);
            const auto time = [&](double share) {
                return std::llround(share * static_cast<double>(seen.length().count()));
            };
            stages.push_back({{"stage", i + 1},
                              {"does", name_of(xray::moment_of(seen.pipeline(), i, seen.last()).what)},
                              {"cpu_ns", time(shares.on_cpu)},
                              {"queued_ns", time(shares.queued)},
                              {"input_ns", time(shares.starved)},
                              {"room_ns", time(shares.blocked)},
                              {"else_ns", time(shares.slept + shares.stopped)}});
        }
        record["stages"] = std::move(stages);
        fill_pipes(record);
    }

    void fill_end(json& record) override {
        if (!looks_) {
            return;
        }
        const auto found = xray::limit_of(looks_->seen());
        if (found.reason == xray::limit_reason::unknown) {
            record["verdict"] = {{"limiting_stage", nullptr}, {"reason", "unknown"}, {"why", found.unknown_why}};
            return;
        }
        record["verdict"] = {{"limiting_stage", found.stage ? json(*found.stage + 1) : json()},
                             {"reason", name_of(found.reason)},
                             {"why", xray::text_of(found, looks_->seen().pipeline(), looks_->seen())},
                             {"confidence", found.confidence},
                             {"head_room", or_null(found.head_room)},
                             {"next_stage", found.next ? json(*found.next + 1) : json()},
                             {"evidence", xray::evidence_of(found, looks_->seen())}};
    }

    [[nodiscard]] std::string summary() override {
        if (!sums_up_) {
            return {};
        }
        return looks_              ? xray::report_of(*looks_)
               : obstacle_.empty() ? std::string()
                                   : "x-ray: there is none: " + obstacle_ +
                                         "; the table tells how each stage ended and what it used, --exact counts the "
                                         "bytes\n" +
                                         io_;
    }

private:
    /// Adds to each pipe of the record what was seen in it.
    void fill_pipes(json& record) const {
        const auto& seen = looks_->seen();
        for (json& pipe : record["pipes"]) {
            const auto from = pipe.value("from", std::size_t{0});
            const auto leads = [&](const xray::link& each) {
                const auto is = [&](const std::vector<xray::hold>& holders, std::size_t stage, int descriptor) {
                    return std::ranges::any_of(holders, [&](const xray::hold& one) {
                        return one.stage == stage && one.descriptor == descriptor;
                    });
                };
                return from != 0 && is(each.writers, from - 1, 1) && is(each.readers, from, 0);
            };
            const auto joined = std::ranges::find_if(seen.pipeline().links, leads);
            if (joined != seen.pipeline().links.end()) {
                const auto state = seen.channel(joined->channel);
                pipe["unread_bytes"] = or_null(state.last.unread);
                pipe["full"] = or_null(state.last.full);
                if (!pipe.value("exact", false)) {
                    pipe["moved_bytes"] = or_null(state.moved);
                }
            }
        }
    }

    bool sums_up_;
    bool exact_;
    bool at_once_; ///< otherwise what ends sooner than the first tick is not looked at, and costs nothing
    std::vector<std::string> names_;
    std::optional<xray::live> shown_;
    std::vector<xray::process_id> pids_;
    std::optional<xray::sampler> looks_;
    std::string obstacle_; ///< why there are no looks; empty: nothing has run
    std::string io_;       ///< where there are no looks: what the system has counted
};

} // namespace

std::unique_ptr<watch> make_watch(const watch_request& request) { return std::make_unique<xray_watch>(request); }

} // namespace windpipe_tool

#include "pipeline.hpp"

#include "launcher.hpp"
#include "platform.hpp"
#include "say.hpp"
#include "voices.hpp"

#include <windpipe/pipeline.hpp>

#include <algorithm>
#include <utility>

namespace windpipe_tool {

namespace {

using windpipe::child;
using windpipe::deadline;
using clock = deadline::clock;

/// A pipeline whose stages have been started: waits for them, and ends them where it must.
class running {
public:
    running(std::vector<child>& children, relay_list& relays, pipeline_report& report, pipeline_options& options,
            watch& watcher, events& happening)
        : children_(children), relays_(relays), report_(report), options_(options), watcher_(watcher),
          events_(happening) {
        for (const child& stage : children_) {
            pids_.push_back(stage.pid());
        }
        if (options.time_limit) {
            end_at_ = deadline(*options.time_limit);
        }
        watch_for_stall();
    }

    void wait_for_all() {
        plan_tick();
        for (std::size_t i = 0; i < children_.size(); ++i) {
            if (!events_.watch(children_[i], i)) {
                unwatched_.push_back(i);
            } else {
                ++left_;
            }
        }
        // What the stages have started is waited for as well, where it is to be killed otherwise.
        while (left_ > 0 || (!kill_at_.is_never() && tree::lives())) {
            handle(events_.next(std::min({end_at_, kill_at_, tick_at_, stall_at_})));
        }
        for (const std::size_t stage : unwatched_) { // no handles left: they are waited for in turn
            note_end(stage);
        }
        tree::reap({});
        // A signal that has ended the stages may have reached us after their ends.
        for (event last = events_.next(std::chrono::seconds(0)); last.what == event::kind::signal;
             last = events_.next(std::chrono::seconds(0))) {
            obey(last);
        }
    }

    void count_relays() {
        for (std::size_t i = 0; i < relays_.size(); ++i) {
            report_.pipes[i].exact = relays_[i]->count();
        }
    }

    void kill_all() {
        for (child& stage : children_) {
            static_cast<void>(stage.kill());
        }
        tree::kill();
    }

private:
    [[nodiscard]] bool cut_short() const { return report_.why != ending::complete; }

    void handle(const event& what) {
        if (what.what == event::kind::stage_ended) {
            note_end(what.stage);
            --left_;
        } else if (what.what == event::kind::signal) {
            obey(what);
        }
        if (end_at_.has_passed()) {
            end_at_ = windpipe::never;
            ask_to_end(ending::timed_out, asked::terminate);
            options_.notice("the time is over: the stages are asked to end");
        }
        if (kill_at_.has_passed()) {
            kill_now();
        }
        if (tick_at_.has_passed()) {
            watcher_.tick();
            count_relays();
            options_.on_tick(report_);
            plan_tick();
        }
        if (stall_at_.has_passed()) {
            look_for_stall();
        }
    }

    void note_end(std::size_t index) {
        stage_report& stage = report_.stages[index];
        watcher_.stage_ended(index);
        if (options_.counts_io) {
            stage.io = tree::io_of(pids_[index]);
        }
        if (const auto status = children_[index].wait()) {
            stage.status = *status;
            stage.used = children_[index].usage();
        } else {
            stage.lost = status.error();
        }
    }

    void obey(const event& what) {
        switch (what.signal) {
        case asked::interrupt:
        case asked::quit:
            if (std::exchange(was_interrupted_, true)) {
                kill_now();
                return;
            }
            break;
        case asked::hang_up:
        case asked::terminate:
            break;
        case asked::suspend:
            if (!what.stages_know) {
                tell_all(asked::suspend);
            }
            platform::suspend();
            return;
        case asked::resume:
            tell_all(asked::resume);
            watch_for_stall();
            return;
        case asked::snapshot:
            show_snapshot();
            return;
        case asked::look:
            tree::reap(pids_);
            return;
        case asked::nothing:
            return;
        }
        if (report_.signal == asked::nothing) {
            report_.signal = what.signal;
        }
        report_.why = cut_short() ? report_.why : ending::asked;
        if (!what.stages_know) {
            tell_all(what.signal);
        }
        if (options_.kill_after) {
            kill_at_ = std::min(kill_at_, deadline(*options_.kill_after));
        }
    }

    void show_snapshot() { options_.show(snapshot()); }

    [[nodiscard]] std::string snapshot() {
        std::string lines = watcher_.snapshot();
        const bool known = !lines.empty();
        for (std::size_t i = 0; !known && i < report_.stages.size(); ++i) {
            const stage_report& stage = report_.stages[i];
            lines += "stage " + std::to_string(i + 1) + " (" + shortened(one_line(stage.command), 60) + "), pid " +
                     std::to_string(stage.pid) + ": " + (stage.status ? stage.status->text() : "running") + '\n';
        }
        return lines;
    }

    void ask_to_end(ending why, asked how) {
        report_.why = cut_short() ? report_.why : why;
        if (!platform::can_ask_to_end()) {
            kill_now();
            return;
        }
        tell_all(how);
        kill_at_ = std::min(kill_at_, deadline(options_.kill_after.value_or(usual_grace)));
    }

    void tell_all(asked what) const {
        std::vector<std::uint32_t> running;
        for (std::size_t i = 0; i < pids_.size(); ++i) {
            if (!report_.stages[i].status && !report_.stages[i].lost) {
                running.push_back(pids_[i]);
            }
        }
        tree::tell(what, running);
    }

    void kill_now() {
        kill_at_ = windpipe::never;
        report_.killed = true;
        kill_all();
    }

    void plan_tick() {
        const auto interval = watcher_.interval();
        tick_at_ = interval ? deadline(*interval) : windpipe::never;
    }

    // ---- --stall

    void watch_for_stall() {
        if (options_.stall) {
            moved_ = bytes_moved();
            if (!moved_) {
                options_.stall.reset();
                stall_at_ = windpipe::never;
                options_.notice("whether bytes move cannot be seen here: no stall will be told");
                return;
            }
            last_move_ = clock::now();
            stall_at_ = deadline(*options_.stall);
            stall_told_ = false;
        }
    }

    /// Nothing: it cannot be known.
    [[nodiscard]] std::optional<std::uint64_t> bytes_moved() const {
        const auto counted = tree::bytes_moved(pids_);
        if (!counted && !options_.exact) {
            return std::nullopt;
        }
        std::uint64_t relayed = 0;
        for (const auto& each : relays_) {
            relayed += each->count().bytes;
        }
        const auto known = watcher_.bytes_moved();
        return relayed + (known ? *known : counted.value_or(0));
    }

    void look_for_stall() {
        const auto most = *options_.stall;
        if (bytes_moved() != moved_) {
            watch_for_stall();
            return;
        }
        if (clock::now() - last_move_ >= most && !std::exchange(stall_told_, true)) {
            const std::string seen = snapshot();
            if (options_.stall_kill) {
                stall_at_ = windpipe::never;
                ask_to_end(ending::stalled, asked::terminate);
            }
            options_.notice("no byte has moved for " + std::to_string(most / std::chrono::milliseconds(1)) + " ms");
            options_.show(seen);
            if (options_.stall_kill) {
                return;
            }
        }
        // More often than the limit, so that a stall is noticed not much later than it is one.
        stall_at_ = deadline(
            std::clamp<std::chrono::nanoseconds>(most / 4, std::chrono::milliseconds(10), std::chrono::seconds(1)));
    }

    std::vector<child>& children_;
    relay_list& relays_;
    pipeline_report& report_;
    pipeline_options& options_;
    watch& watcher_;
    events& events_;
    std::vector<std::uint32_t> pids_;
    std::size_t left_ = 0; // stages that run and are watched
    std::vector<std::size_t> unwatched_;
    bool was_interrupted_ = false;
    deadline end_at_;
    deadline kill_at_;
    deadline tick_at_;
    deadline stall_at_;
    std::optional<std::uint64_t> moved_;
    clock::time_point last_move_;
    bool stall_told_ = false;
};

void note_broken_pipes(const std::vector<child>& children, pipeline_report& report) {
    for (std::size_t i = 0; i + 1 < children.size(); ++i) {
        report.stages[i].broke_its_pipe = windpipe::broke_its_pipe(children[i], children[i + 1]);
    }
}

} // namespace

pipeline_report run_pipeline(const pipeline_plan& plan, pipeline_options& options, watch& watcher, events& happening) {
    tree::hold();
    pipeline_report report;
    relay_list relays;
    voices heard;
    const auto start = clock::now();
    std::vector<child> children = launcher(plan, options, watcher, relays, heard).start_all(report);
    report.least_peak_memory = platform::own_peak_memory();
    running now(children, relays, report, options, watcher, happening);
    if (!report.failure) {
        std::ranges::for_each(relays, [](const auto& each) { each->start(); });
        watcher.all_started();
    } else {
        report.why = ending::not_started;
        report.killed = true;
        now.kill_all();
    }
    options.on_start(report);
    now.wait_for_all();
    report.wall = clock::now() - start;
    heard.finish();
    for (std::size_t i = 0; i < relays.size(); ++i) {
        relays[i]->finish();
        report.pipes[i].broken = relays[i]->failure();
    }
    now.count_relays();
    note_broken_pipes(children, report);
    watcher.finished(report);
    return report;
}

} // namespace windpipe_tool

#include "pipeline.hpp"

#include "platform.hpp"

#include <windpipe/command.hpp>
#include <windpipe/pipe.hpp>

#include <functional>
#include <system_error>
#include <thread>
#include <utility>

namespace windpipe_tool {

namespace {

using windpipe::child;
using windpipe::command;
using windpipe::pipe_reader;
using windpipe::result;

/// Starts the stages from left to right. Between two of them, we hold the read end that the next one gets.
class launcher {
public:
    launcher(std::size_t count, const pipeline_options& options) : count_(count), options_(options) {}

    /// Starts the next stage. POST: of its pipes, only the read end for the stage after it is open here.
    result<child> start(command& what) {
        // In our process group, so that the terminal's Ctrl-C and Ctrl-Z reach every stage.
        what.contain(windpipe::containment::process);
        if (started_ > 0) {
            what.in(std::move(input_));
        }
        if (++started_ < count_) {
            auto ends = windpipe::make_pipe({.capacity = options_.pipe_size});
            if (!ends) {
                return std::unexpected(std::move(ends).error());
            }
            check_size(ends->reader);
            what.out(std::move(ends->writer));
            input_ = std::move(ends->reader);
        }
        return what.spawn();
    }

private:
    void check_size(const pipe_reader& end) {
        const auto granted = end.capacity();
        if (!told_ && granted && *granted < options_.pipe_size) {
            told_ = true;
            options_.on_smaller_pipe(*granted);
        }
    }

    std::size_t count_;
    const pipeline_options& options_;
    std::size_t started_ = 0;
    bool told_ = false;
    pipe_reader input_;
};

/// Waits for all at the same time: what a stage took is measured when its end is noticed.
void wait_for_all(std::vector<child>& children) {
    const auto wait = [](child& stage) { static_cast<void>(stage.wait()); };
    std::vector<std::jthread> waiters;
    for (std::size_t i = 1; i < children.size(); ++i) {
        try {
            waiters.emplace_back(wait, std::ref(children[i]));
        } catch (const std::system_error&) {
            break; // no more threads to be had: the stages without one are waited for in turn, later
        }
    }
    wait(children.front());
}

/// Starts every stage, or as many as can be, and says so in the report.
std::vector<child> start_all(const std::vector<words>& stages, const pipeline_options& options,
                             pipeline_report& report) {
    std::vector<child> children;
    launcher next(stages.size(), options);
    for (const words& stage : stages) {
        command what(stage.front(), words(stage.begin() + 1, stage.end()));
        report.stages.push_back({.command = what.describe()});
        if (report.failure) {
            continue; // only its name is wanted
        }
        auto started = next.start(what);
        if (started) {
            report.stages.back().pid = started->pid();
            children.push_back(std::move(*started));
        } else {
            report.failure = {.stage = children.size(), .cause = std::move(started).error()};
        }
    }
    return children;
}

void note_end(child& stage, stage_report& report) {
    if (const auto status = stage.wait()) {
        report.status = *status;
        report.used = stage.usage();
    } else {
        report.lost = status.error();
    }
}

} // namespace

pipeline_report run_pipeline(const std::vector<words>& stages, const pipeline_options& options) {
    pipeline_report report;
    std::vector<child> children = start_all(stages, options, report);
    report.least_peak_memory = platform::own_peak_memory();
    if (report.failure) {
        for (child& stage : children) {
            static_cast<void>(stage.kill());
        }
    } else {
        wait_for_all(children);
    }
    for (std::size_t i = 0; i < children.size(); ++i) {
        note_end(children[i], report.stages[i]);
    }
    return report;
}

} // namespace windpipe_tool

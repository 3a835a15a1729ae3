#include "launcher.hpp"

#include <utility>

namespace windpipe_tool {

namespace {

using windpipe::child;
using windpipe::command;
using windpipe::output_target;
using windpipe::result;

output_target target_of(const redirection& where) {
    switch (where.what) {
    case redirection::kind::append:
        return windpipe::append_to{where.path};
    case redirection::kind::to_output:
        return windpipe::with_stdout;
    default:
        return windpipe::to_file{where.path};
    }
}

} // namespace

std::vector<child> launcher::start_all(pipeline_report& report) {
    std::vector<child> children;
    children.reserve(plan_.size()); // what the watch has seen stays where it is
    for (std::size_t i = 0; i < plan_.size(); ++i) {
        const stage_plan& stage = plan_[i];
        command what(stage.line.front(), words(stage.line.begin() + 1, stage.line.end()));
        report.stages.push_back({.command = what.describe(), .name = stage.name});
        if (report.failure) {
            continue; // only its name is wanted
        }
        direct(what, i);
        auto started = start(what, report);
        if (started) {
            report.stages.back().pid = started->pid();
            children.push_back(std::move(*started));
            watcher_.stage_started(i, children.back());
        } else {
            report.failure = {.stage = i, .cause = std::move(started).error()};
            input_.close();
            relays_.clear();
        }
    }
    return children;
}

result<child> launcher::start(command& what, pipeline_report& report) {
    // In our process group, so that the terminal's Ctrl-C and Ctrl-Z reach every stage.
    what.contain(windpipe::containment::process);
    what.die_with_parent();
    if (auto joined = join(what, report); !joined) {
        return std::unexpected(std::move(joined).error());
    }
    auto started = what.spawn();
    if (started && started->err) {
        const std::size_t index = started_ - 1;
        const std::string& name = plan_[index].name;
        voices_.listen(name.empty() ? std::to_string(index + 1) + ' ' + plan_[index].line.front() : name,
                       std::move(started->err));
    }
    return started;
}

/// POST: of its pipes, only the read end for the stage after it is open here, once it has been started.
result<void> launcher::join(command& what, pipeline_report& report) {
    if (started_ > 0) {
        what.in(std::move(input_));
    }
    const std::size_t index = started_++;
    if (started_ == plan_.size()) {
        return {};
    }
    auto ends = make_pipe(index, options_.exact, false);
    if (!ends) {
        return std::unexpected(std::move(ends).error());
    }
    const auto capacity = ends->reader.capacity();
    report.pipes.push_back({.capacity = capacity ? std::optional(*capacity) : std::nullopt});
    what.out(std::move(ends->writer));
    input_ = std::move(ends->reader);
    if (options_.exact) {
        auto second = make_pipe(index, false, true);
        if (!second) {
            return std::unexpected(std::move(second).error());
        }
        relays_.push_back(std::make_unique<relay>(std::move(input_), std::move(second->writer)));
        report.pipes.back().exact.emplace();
        input_ = std::move(second->reader);
    }
    return {};
}

result<windpipe::pipe_ends> launcher::make_pipe(std::size_t writer, bool into_relay, bool out_of_relay) {
    // A relay costs less the more it can pass on at a time.
    constexpr std::size_t for_relays = std::size_t{1} << 20U;
    const std::size_t wanted = options_.pipe_size != 0 ? options_.pipe_size : options_.exact ? for_relays : 0;
    auto ends = windpipe::make_pipe({.capacity = wanted});
    if (ends) {
        check_size(ends->reader);
        watcher_.pipe_made({.writer = writer,
                            .into_relay = into_relay,
                            .out_of_relay = out_of_relay,
                            .read_end = ends->reader,
                            .write_end = ends->writer});
    }
    return ends;
}

void launcher::direct(command& what, std::size_t index) {
    const stage_plan& stage = plan_[index];
    direct_errors(what);
    if (stage.in) {
        what.in(windpipe::from_file{stage.in->path});
    }
    if (stage.out) {
        what.out(target_of(*stage.out));
    }
    if (stage.err) {
        what.err(target_of(*stage.err));
    }
    if (options_.output && index + 1 == plan_.size()) {
        what.out(std::move(options_.output));
    }
}

void launcher::direct_errors(command& what) {
    using kind = error_stream::kind;
    if (options_.errors.what == kind::file) {
        what.err(windpipe::append_to{options_.errors.path});
    } else if (options_.errors.what == kind::prefix) {
        what.err(windpipe::piped);
    }
}

void launcher::check_size(const windpipe::pipe_reader& end) {
    const auto granted = end.capacity();
    if (!told_ && granted && *granted < options_.pipe_size) {
        told_ = true;
        options_.notice("the pipes hold " + std::to_string(*granted) + " bytes, not " +
                        std::to_string(options_.pipe_size) + ": the system grants no more");
    }
}

} // namespace windpipe_tool

// launcher.hpp - starts the stages of a pipeline and joins them by pipes.
#pragma once

#include "pipeline.hpp"
#include "plan.hpp"
#include "relay.hpp"
#include "voices.hpp"
#include "watch.hpp"

#include <windpipe/child.hpp>
#include <windpipe/command.hpp>
#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>

#include <cstddef>
#include <vector>

namespace windpipe_tool {

/// Starts the stages from left to right. Between two of them, we hold the read end that the next one gets.
class launcher {
public:
    launcher(const pipeline_plan& plan, pipeline_options& options, watch& watcher, relay_list& relays, voices& heard)
        : plan_(plan), options_(options), watcher_(watcher), relays_(relays), voices_(heard) {}

    /// Starts every stage, or as many as can be, and says so in the report.
    ///
    /// POST: no end of a pipe between two of them is open here, but those of the relays.
    std::vector<windpipe::child> start_all(pipeline_report& report);

private:
    windpipe::result<windpipe::child> start(windpipe::command& what, pipeline_report& report);
    windpipe::result<void> join(windpipe::command& what, pipeline_report& report);
    windpipe::result<windpipe::pipe_ends> make_pipe(std::size_t writer, bool into_relay, bool out_of_relay);
    void direct(windpipe::command& what, std::size_t index);
    void direct_errors(windpipe::command& what);
    void check_size(const windpipe::pipe_reader& end);

    const pipeline_plan& plan_;
    pipeline_options& options_;
    watch& watcher_;
    relay_list& relays_;
    voices& voices_;
    std::size_t started_ = 0;
    bool told_ = false;
    windpipe::pipe_reader input_;
};

} // namespace windpipe_tool

#include "access.hpp"
#include "process_state.hpp"
#include "session.hpp"

#include <windpipe/pipeline.hpp>

#include <new>
#include <system_error>
#include <variant>

namespace windpipe {

namespace {

using detail::access;

error refused(std::string_view operation, std::string why) {
    return {std::make_error_code(std::errc::invalid_argument), operation, std::move(why)};
}

/// "stage 2 (sort -n)"
std::string name_of(const std::vector<command>& stages, std::size_t index) {
    return "stage " + std::to_string(index + 1) + " (" + stages[index].describe() + ')';
}

error in_stage(const std::vector<command>& stages, std::size_t index, error cause) {
    cause.context = name_of(stages, index) + (cause.context.empty() ? "" : ": ") + cause.context;
    return cause;
}

/// Before anything is started: what joins the stages must be free to be set.
result<void> check(std::vector<command>& stages) {
    if (stages.empty()) {
        return std::unexpected(refused("start pipeline", "it has no stage"));
    }
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (i > 0 && !std::holds_alternative<inherit_t>(access::in_of(stages[i]))) {
            return std::unexpected(refused("open stdin", name_of(stages, i) + " reads the stage before it, and its "
                                                                              "command sets another input"));
        }
        if (i + 1 < stages.size() && !std::holds_alternative<inherit_t>(access::out_of(stages[i]))) {
            return std::unexpected(refused("open stdout", name_of(stages, i) + " writes to the stage after it, and its "
                                                                               "command sets another output"));
        }
    }
    return {};
}

/// The ends that join a stage to its neighbours are the pipeline's, not the caller's: after a failure the commands are
/// as they were.
void unjoin(std::vector<command>& stages) {
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (i > 0) {
            access::in_of(stages[i]) = inherit;
        }
        if (i + 1 < stages.size()) {
            access::out_of(stages[i]) = inherit;
        }
    }
}

/// Starts the stages from left to right. Of each pipe between two, no end is left here once both have been started.
result<std::vector<child>> start(std::vector<command>& stages, std::size_t capacity, bool pipe_inherited) {
    // Of stages of which the first talks to the terminal, all stay in the terminal's foreground.
    const bool beside_input = !pipe_inherited && std::holds_alternative<inherit_t>(access::in_of(stages.front()));
    std::vector<child> children;
    children.reserve(stages.size());
    for (std::size_t i = 0; i < stages.size(); ++i) {
        if (i + 1 < stages.size()) {
            auto joint = make_pipe({.capacity = capacity});
            if (!joint) {
                return std::unexpected(in_stage(stages, i, std::move(joint).error()));
            }
            access::out_of(stages[i]) = std::move(joint->writer);
            access::in_of(stages[i + 1]) = std::move(joint->reader);
        }
        auto started = access::spawn(stages[i], pipe_inherited, beside_input);
        if (!started) {
            return std::unexpected(in_stage(stages, i, std::move(started).error()));
        }
        children.push_back(std::move(*started));
    }
    return children;
}

/// Of stages that could not all be started, the others are killed at once and reaped when `children` goes.
result<std::vector<child>> start_all(std::vector<command>& stages, std::size_t capacity, bool pipe_inherited) {
    if (auto checked = check(stages); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    try {
        auto started = start(stages, capacity, pipe_inherited);
        unjoin(stages);
        return started;
    } catch (const std::bad_alloc&) {
        unjoin(stages);
        return std::unexpected(error{std::make_error_code(std::errc::not_enough_memory), "start pipeline"});
    }
}

std::vector<stage_report> reports_of(const std::vector<command>& stages, std::vector<child>& children,
                                     detail::session& session) {
    std::vector<exit_report> ends;
    ends.reserve(children.size());
    for (child& each : children) {
        ends.push_back(*access::process_of(each).report()); // the session has reaped it
    }
    std::vector<stage_report> reports;
    reports.reserve(ends.size());
    for (std::size_t i = 0; i < ends.size(); ++i) {
        reports.push_back(
            {.command = stages[i].describe(),
             .pid = children[i].pid(),
             .status = ends[i].status,
             .usage = ends[i].usage,
             .err = session.take(i, output_stream::err),
             .broke_its_pipe = i + 1 < ends.size() && platform::ended_by_closed_pipe(ends[i], ends[i + 1])});
    }
    return reports;
}

/// Whether a stage, and every one after it, succeeded or is forgiven.
bool all_well_from(const std::vector<stage_report>& stages, std::size_t index) noexcept {
    while (index < stages.size() && (stages[index].status.success() || stages[index].broke_its_pipe)) {
        ++index;
    }
    return index == stages.size();
}

} // namespace

std::optional<std::size_t> pipeline_result::failed_stage() const noexcept {
    for (std::size_t i = stages.size(); i-- > 0;) {
        const bool forgiven = rule == success_rule::forgiving && all_well_from(stages, i);
        if (!stages[i].status.success() && !forgiven) {
            return i;
        }
        if (rule == success_rule::last) {
            break;
        }
    }
    return std::nullopt;
}

bool pipeline_result::success() const noexcept {
    return !failed_stage() && ended_by != ended_by::timed_out && ended_by != ended_by::canceled;
}

std::string pipeline_result::text() const {
    std::string lines;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const stage_report& stage = stages[i];
        if (!stage.status.success()) {
            const bool forgiven = rule == success_rule::forgiving && all_well_from(stages, i);
            lines += "stage " + std::to_string(i + 1) + " (" + stage.command + ") " + stage.status.text() +
                     (forgiven ? ": the next stage had enough\n" : "\n");
        }
    }
    return lines;
}

pipeline& pipeline::add(command stage) & {
    stages_.push_back(std::move(stage));
    return *this;
}

result<std::vector<child>> pipeline::spawn(std::size_t capacity) { return start_all(stages_, capacity, false); }

result<pipeline_result> pipeline::run(const pipeline_options& options) {
    const bool feeds = !stages_.empty() && std::holds_alternative<inherit_t>(access::in_of(stages_.front()));
    if (!feeds && !options.input.empty()) {
        return std::unexpected(refused("open stdin", "the first command sets its own standard input, and run() was "
                                                     "given input as well"));
    }
    auto children = start_all(stages_, options.capacity, true);
    if (!children) {
        return std::unexpected(std::move(children).error());
    }
    if (!feeds) {
        children->front().in.close(); // in(piped) by the caller: nobody else could write to it
    }
    detail::session_options how{.input = options.input,
                                .out = options.out,
                                .err = options.err,
                                .on_output = {},
                                .end = options.end,
                                .limit = options.limit};
    if (options.on_output) {
        how.on_output = [&options](std::size_t stage, output_stream which,
                                   std::span<const std::byte> piece) -> result<void> {
            options.on_output(stage, which, piece);
            return {};
        };
    }
    detail::session session(*children, how);
    auto end = session.drive();
    if (!end) {
        return std::unexpected(std::move(end).error());
    }
    pipeline_result done{.stages = reports_of(stages_, *children, session),
                         .out = session.take(children->size() - 1, output_stream::out),
                         .ended_by = end->why,
                         .writers_alive = end->writers_alive,
                         .holders = std::move(end->holders),
                         .input_written = end->input_written,
                         .rule = options.rule};
    return done;
}

bool broke_its_pipe(const child& stage, const child& next) {
    if (!stage || !next) {
        return false;
    }
    const auto ended = access::process_of(stage).report();
    const auto reader = access::process_of(next).report();
    return ended && reader && platform::ended_by_closed_pipe(*ended, *reader);
}

pipeline operator|(command&& left, command&& right) {
    pipeline made;
    made.add(std::move(left)).add(std::move(right));
    return made;
}

pipeline operator|(pipeline&& left, command&& right) {
    left.add(std::move(right));
    return std::move(left);
}

} // namespace windpipe

// pipeline.hpp - a | b | c: programs joined by pipes, and a report of each.
#pragma once

#include <windpipe/child.hpp>
#include <windpipe/command.hpp>
#include <windpipe/error.hpp>
#include <windpipe/holders.hpp>
#include <windpipe/run.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace windpipe {

/// Which stages count for the success of a pipeline.
enum class success_rule {
    /// All of them. A stage that ended because the one after it had closed its pipe is forgiven if every later stage
    /// succeeded or is forgiven itself: in `yes | head -1`, `yes` did what it was asked to do.
    forgiving,
    strict, ///< all of them, without exception (pipefail)
    last,   ///< the last one alone (the shell's default)
};

/// What pipeline::run() may be told.
struct pipeline_options {
    /// Fed to the first stage, then end of stream. It must stay unchanged until run() returns. Where the first command
    /// sets its own `in`, this must be empty.
    std::string_view input = {};
    capture_limit out = {}; ///< what to keep of the last stage's output
    capture_limit err = {}; ///< what to keep of each stage's standard error
    /// Called with every piece that is captured as it comes, in this thread, and the index of the stage it is from. As
    /// run_options::on_output.
    std::function<void(std::size_t stage, output_stream which, std::span<const std::byte> piece)> on_output = {};
    end_policy end = {};                         ///< when the capture is complete; "the child" is every stage
    wait_limit limit = {};                       ///< when all stages are killed instead
    success_rule rule = success_rule::forgiving; ///< which stages count
    std::size_t capacity = 0;                    ///< bytes that each pipe between two stages holds; 0: the default
};

/// What became of one stage.
struct stage_report {
    std::string command;                         ///< the program and its arguments, for people
    std::uint32_t pid = 0;                       ///< for messages: another process may have it now
    exit_status status = exit_status::exited(0); ///< how it ended
    resource_usage usage;                        ///< what it used
    capture err;                                 ///< its standard error, where the command left it at `inherit`
    /// It failed because the stage after it had closed its pipe. *Systems*: Linux: SIGPIPE ended it. Windows, where no
    /// signal tells: it exited with another code than 0, and the stage after it had ended before.
    bool broke_its_pipe = false;
};

/// How a pipeline ended, and what came out of it.
struct pipeline_result {
    std::vector<stage_report> stages;                 ///< in their order
    capture out;                                      ///< of the last stage's standard output
    enum ended_by ended_by = ended_by::end_of_stream; ///< why run() returned
    bool writers_alive = false;                       ///< as run_result::writers_alive
    holder_list holders;                              ///< as run_result::holders
    std::size_t input_written = 0;                    ///< bytes of the input that the first pipe took
    success_rule rule = success_rule::forgiving;      ///< as it was asked for

    /// The stage that decides, by the rule: the rightmost that failed and is not forgiven. Nothing: none did.
    [[nodiscard]] std::optional<std::size_t> failed_stage() const noexcept;
    /// No stage failed, and neither deadline nor stop cut the pipeline short.
    [[nodiscard]] bool success() const noexcept;
    /// A line for each stage that failed: its number, command and status, and whether it is forgiven. Empty: none.
    [[nodiscard]] std::string text() const;
};

/// Programs to be run side by side, the output of each being the input of the next, by pipes of the system: no byte
/// between them passes through this process. `command{"a"} | command{"b"} | command{"c"}` makes one.
///
/// Only the first command may set `in`, only the last one `out`; each may set `err`.
///
/// *Ownership*: of its commands.
/// *Threads*: as a `std::vector`: one thread at a time.
/// *Example*: examples/pipeline.cpp
class pipeline {
public:
    pipeline() = default;
    /// The stages from left to right.
    explicit pipeline(std::vector<command> stages) noexcept : stages_(std::move(stages)) {}

    /// Adds a stage at the right.
    pipeline& add(command stage) &;

    /// Runs all stages to their end: feeds the first, takes the output of the last and the standard error of each at
    /// the same time, so that no order of reading and writing can block, in this one thread. Streams that a command
    /// leaves at `inherit` are captured (`in`: fed); streams it sets otherwise are left as set.
    ///
    /// *Blocks*: until the end policy is met, the deadline passes or a stop is requested.
    /// *Returns*: also for a deadline and a stop, with all that was captured until then; every stage and its tree are
    /// killed and reaped first. That a stage failed is no error: see pipeline_result::success().
    /// *Errors*: those of spawn(), and of reading a pipe. Every stage has been killed and reaped then.
    /// *Systems*: the number of stages is bounded by the handles this process may open: three for each at most.
    /// *Source*: poll(2), pidfd_open(2); WaitForMultipleObjects, CreateProcessW.
    [[nodiscard]] result<pipeline_result> run(const pipeline_options& options = {});

    /// Starts all stages, for a caller who talks to them: `front().in` and `back().out` are our ends, if the first
    /// command said in(piped) and the last one out(piped); streams left at `inherit` are inherited.
    ///
    /// *Blocks*: until the programs have been loaded.
    /// *Returns*: the stages from left to right.
    /// *Errors*: as command::spawn(), with the stage in error::context; also `invalid_argument`: no stage at all, or
    /// one that sets a stream by which it is joined. Stages that had been started are killed and reaped.
    /// *Ownership*: the commands' own ends are used up as by command::spawn().
    /// `capacity`: as pipeline_options::capacity.
    [[nodiscard]] result<std::vector<child>> spawn(std::size_t capacity = 0);

private:
    std::vector<command> stages_;
};

/// Whether a stage of pipeline::spawn() failed because the stage after it had closed its pipe: what
/// stage_report::broke_its_pipe says of a run. False where one of the two has not been waited for.
[[nodiscard]] bool broke_its_pipe(const child& stage, const child& next);

/// `a | b`: the output of `a` is the input of `b`.
[[nodiscard]] pipeline operator|(command&& left, command&& right);
/// One more stage at the right.
[[nodiscard]] pipeline operator|(pipeline&& left, command&& right);

} // namespace windpipe

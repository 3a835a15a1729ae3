// watch.hpp - where something that looks at a running pipeline is plugged in.
#pragma once

#include <windpipe/child.hpp>
#include <windpipe/pipe.hpp>

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool {

struct pipeline_report;

/// Looks at a pipeline while `windpipe run` runs it, and never stands in its way. What is not overridden does nothing.
///
/// *Threads*: every call comes from the one thread that runs the pipeline, in the order in which they stand here.
/// *Blocks*: none of them may: while one runs, no signal and no end of a stage is noticed.
class watch {
public:
    watch() = default;
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;
    virtual ~watch() = default;

    /// A pipe out of stage `writer` has been made, into the stage after it. Both ends are open here, until the stages
    /// have been started. In exact mode there are two pipes, one into our relay (`into_relay`) and one out of it.
    struct new_pipe {
        std::size_t writer; ///< the index of the stage that writes; the one after it reads
        bool into_relay;    ///< exact mode: we read it
        bool out_of_relay;  ///< exact mode: we write it
        const windpipe::pipe_reader& read_end;
        const windpipe::pipe_writer& write_end;
    };
    virtual void pipe_made(const new_pipe& /*pipe*/) {}

    /// Stage `index` runs. `stage` is the same object until finished().
    virtual void stage_started(std::size_t /*index*/, const windpipe::child& /*stage*/) {}
    /// Every stage runs, and no end of a pipe between two of them is open here any more (but those of a relay).
    virtual void all_started() {}

    /// How long after a tick the next one shall come. Nothing: none.
    [[nodiscard]] virtual std::optional<std::chrono::nanoseconds> interval() const { return std::nullopt; }
    virtual void tick() {}

    /// Stage `index` has ended and has not been reaped: on Linux /proc/PID is still there, of a zombie.
    virtual void stage_ended(std::size_t /*index*/) {}

    /// A number that has grown when bytes have moved anywhere in the pipeline since it was last asked for. Nothing: not
    /// known. Asked for with --stall.
    [[nodiscard]] virtual std::optional<std::uint64_t> bytes_moved() { return std::nullopt; }
    /// What goes on, in lines for people: SIGUSR1 asks for it, and a stall. Empty: nothing to add.
    [[nodiscard]] virtual std::string snapshot() { return {}; }

    /// Fills in what is known now for a record `sample` after each tick, and for the record `end`. See docs/records.md.
    virtual void fill_sample(nlohmann::json& /*record*/) {}
    virtual void fill_end(nlohmann::json& /*record*/) {}

    /// All stages have ended and been reaped, or killed because one could not be started.
    virtual void finished(const pipeline_report& /*report*/) {}
    /// Lines for people, which follow the table of stages. Empty: nothing to add.
    [[nodiscard]] virtual std::string summary() { return {}; }
};

/// What a watch is made for.
struct watch_request {
    std::vector<std::string> names; ///< of the stages, for people; empty: by its program
    bool exact = false;             ///< our relays stand between the stages
    bool at_once = false;           ///< even a run that ends at once is to be seen
    bool xray = false;              ///< a summary of what was seen is wanted at the end
    bool live = false;              ///< it shall be shown meanwhile
    bool pictures = false;          ///< by pictures on the terminal that standard error is
    std::uint64_t expected = 0;     ///< bytes that shall pass through the first pipe; 0: not known
};

/// The watch of this system. Never null: one that does nothing where there is no other.
std::unique_ptr<watch> make_watch(const watch_request& request);

} // namespace windpipe_tool

// events.hpp - what windpipe run waits for: a stage that ends, a signal, a time. In tool/platform/<system>/.
#pragma once

#include <windpipe/child.hpp>
#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>

#include <cstddef>
#include <memory>

namespace windpipe_tool {

/// What a signal asks of us.
enum class asked {
    nothing,
    interrupt, ///< SIGINT; Ctrl-C
    quit,      ///< SIGQUIT; Ctrl-Break
    hang_up,   ///< SIGHUP; the console is closed
    terminate, ///< SIGTERM; the user logs off
    suspend,   ///< SIGTSTP (Linux)
    resume,    ///< SIGCONT (Linux)
    snapshot,  ///< SIGUSR1 (Linux)
    look,      ///< SIGCHLD (Linux): a process that we have inherited has ended
};

struct event {
    enum class kind { time, stage_ended, signal };
    kind what = kind::time;
    std::size_t stage = 0;         ///< stage_ended: which; it has not been waited for
    asked signal = asked::nothing; ///< signal
    bool stages_know = false;      ///< signal: the terminal has sent it to the stages as well
};

/// From when it is made on, signals do not end us any more but come out of here. One that was ignored stays ignored,
/// as nohup(1) and a shell's background job want it, for the stages too.
///
/// Only one at a time, made before there are other threads.
class events {
public:
    events();
    ~events();
    events(const events&) = delete;
    events& operator=(const events&) = delete;

    /// Tells of the end of `stage` from now on.
    windpipe::result<void> watch(const windpipe::child& stage, std::size_t index);
    /// *Blocks*: until something happens or the time has come.
    event next(const windpipe::deadline& until);

    struct state;

private:
    std::unique_ptr<state> state_;
};

} // namespace windpipe_tool

// exit_codes.hpp - every exit status of windpipe itself, in one place.
#pragma once

namespace windpipe_tool {

/// Names for what windpipe's exit status says, as shells and env(1), nohup(1), timeout(1) have it. Any other status is
/// that of the stage which decided it: see exit_status_of().
enum exit_code : int {
    succeeded = 0,
    /// A Windows exit code above 255 (a crash has one like 0xC0000005) does not fit: it is folded to this.
    folded = 1,
    /// The time was over, or nothing moved any more, and the stages ended when asked to.
    timed_out = 124,
    /// windpipe was called wrongly, or failed itself.
    tool_failed = 125,
    /// The program of a stage was found, but could not be started.
    cannot_execute = 126,
    /// There is no program of that name.
    not_found = 127,
    /// A signal killed the stage: this and the signal's number.
    signal_base = 128,
    /// As timed_out, but stages had to be killed: 128 + SIGKILL.
    killed = 137,
};

} // namespace windpipe_tool

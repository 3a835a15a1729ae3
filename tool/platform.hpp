// platform.hpp - what the command needs of the system beyond the library. tool/platform/ has one file per system, and
// the build chooses it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace windpipe_tool::platform {

/// Readies the process, once, before anything else. What our parent left behind must not change what a pipeline does.
///
/// *Systems*: Linux: a parent may have left SIGCHLD ignored, and then no child's status can be learnt; SIGPIPE is
/// ignored from now on, so that a closed stderr does not replace the exit status of the pipeline (the stages get the
/// default).
/// Windows: our streams carry what we write unchanged.
void prepare();

/// The words of the command line in UTF-8, without the program's name.
///
/// *Errors*: throws std::system_error on Windows where an argument is not valid Unicode.
std::vector<std::string> arguments(int argc, char** argv);

/// "SIGTERM"; "signal 42" for one without a name.
std::string signal_name(int signal);

/// The most memory, in bytes, that this process has had resident so far, if that can show in the figure of a child.
///
/// *Systems*: Linux: a child runs in our memory until it becomes its program, and its figure starts at ours: execve(2)
/// carries it over. Windows: 0.
std::uint64_t own_peak_memory();

/// Whether people read our standard error.
bool stderr_is_terminal();

/// From now on the first Ctrl-C is left to the stages, which get it as well; the second ends windpipe.
///
/// *Systems*: Windows: nothing is changed. Ctrl-C ends windpipe, and the system then ends the stages.
void leave_interrupt_to_stages();

/// If Ctrl-C has come since leave_interrupt_to_stages(), ends this process by it, so that a shell's loop ends as well.
void end_if_interrupted();

} // namespace windpipe_tool::platform

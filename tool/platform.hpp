// platform.hpp - what the command needs of the system beyond the library. tool/platform/ has one file per system, and
// the build chooses it.
#pragma once

#include "events.hpp"

#include <windpipe/handle.hpp>

#include <cstdint>
#include <cstdio>
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

/// Whether people read our standard error, and what the last stage writes.
bool stderr_is_terminal();
bool stdout_is_terminal();

/// "linux", "windows".
const char* system_name();
std::uint32_t own_pid();

/// A file to write, made if missing and emptied; and one that was open when we were started, by its number. Children do
/// not get it. *Returns*: null on an error, which errno tells.
std::FILE* open_to_write(const std::string& path);
std::FILE* open_to_write(int number);

/// A second handle of what `file` is open for. Children do not get it. *Returns*: none, if there is nothing.
windpipe::unique_handle duplicate(std::FILE* file);

/// Whether color and the like can be shown on our standard error.
///
/// *Systems*: Windows: switches the console to it.
bool stderr_shows_color();

/// Whether the stages can be asked to end, and not only forced.
///
/// *Systems*: Windows: no. A console tells all of its processes, or a group of which we are one.
bool can_ask_to_end();

/// Stops this process as Ctrl-Z does, until it is continued (Linux).
void suspend();

/// The number of the signal that asked, or on Windows the one it has elsewhere.
int number_of(asked what);

/// Ends this process by the signal that asked for it, so that a shell's loop ends as well.
///
/// *Returns*: on Windows, and where that cannot be: number_of() it.
int end_by(asked what);

} // namespace windpipe_tool::platform

// command.hpp - what to start, and which ends it gets.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/files.hpp>
#include <windpipe/handle.hpp>
#include <windpipe/pipe.hpp>
#include <windpipe/ring.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace windpipe {

class child;

/// The same stream as ours. Where ours is closed, or was made close-on-exec, the child gets the null device.
struct inherit_t {};
inline constexpr inherit_t inherit{};

/// The null device: end of stream at once, or everything swallowed.
struct null_t {};
inline constexpr null_t null{};

/// A new pipe; our end is child::in, child::out or child::err.
struct piped_t {};
inline constexpr piped_t piped{};

/// For `err` only: wherever `out` goes (2>&1).
struct with_stdout_t {};
inline constexpr with_stdout_t with_stdout{};

/// Our own standard output, for a child's error stream; and the reverse. Both together swap the two.
struct our_stdout_t {};
inline constexpr our_stdout_t our_stdout{};
struct our_stderr_t {};
inline constexpr our_stderr_t our_stderr{};

/// Where a child reads from. An end or handle given here moves into the command and is closed after a successful
/// spawn(). On Windows a handle must be a synchronous one.
using input_source = std::variant<inherit_t, null_t, piped_t, from_file, pipe_reader, unique_handle>;
/// Where a child writes to. As input_source.
using output_target = std::variant<inherit_t, null_t, piped_t, to_file, append_to, with_stdout_t, our_stdout_t,
                                   our_stderr_t, pipe_writer, unique_handle>;

/// Which processes kill() and the destructor of a child reach.
enum class containment {
    /// `tree`, but `process` when the child inherits our standard input, so that a program that talks to the terminal
    /// stays in the terminal's foreground.
    automatic,
    /// The child and what it starts. *Systems*: Linux: a process group of its own (a descendant that leaves the group
    /// escapes; Ctrl-C at the terminal does not reach it). Windows: a job object.
    tree,
    /// The child alone on Linux; it stays in our process group. Windows: a job object all the same.
    process,
    /// As `tree`, and on Linux in a control group (version 2) of its own besides, below ours: what it starts does not
    /// escape by a group or session of its own, and is counted there. That needs a control group that is ours to divide
    /// (root, a container of its own, `Delegate=` of systemd); where it is not, this is `tree`. Which it is, tells
    /// child::holds_tree_by(). The control group is removed when the child has been waited for, or, if others of its
    /// tree live on then, by a later start or wait of such a child after they have ended; when this process is killed
    /// before, an empty one stays.
    strongest,
};

/// A program, its arguments, its surroundings and its three streams.
///
/// All text is UTF-8. The program is looked for as follows. With a directory separator in it, it is a path, used as it
/// is (relative to our current directory). Otherwise it is searched in the directories of PATH, of the environment the
/// child will get; never in the current directory, unless PATH names it. On Windows `.exe` is added to a name without
/// an extension. No shell is involved.
///
/// Batch files (.bat, .cmd) are refused on Windows: cmd.exe would read the arguments again by rules that no quoting can
/// satisfy for all of them (CVE-2024-24576).
///
/// *Threads*: as a `std::string`: one thread at a time.
/// *Example*: examples/capture.cpp
class command {
public:
    /// `command{"gzip", "-9"}`: a program and its arguments.
    template <std::convertible_to<std::string_view>... Args>
    explicit command(std::string_view program, const Args&... args) : program_(program) {
        arguments_.reserve(sizeof...(args));
        (arguments_.emplace_back(std::string_view(args)), ...);
    }
    /// The same with the arguments as a list.
    command(std::string_view program, std::vector<std::string> arguments)
        : program_(program), arguments_(std::move(arguments)) {}

    /// Adds one argument. The child receives each byte for byte.
    command& arg(std::string_view argument) &;
    /// Adds several arguments.
    command& args(const std::vector<std::string>& arguments) &;
    /// What the child sees as the name it was called by; the program by default.
    command& argv0(std::string_view name) &;

    /// Sets one variable of the child's environment, which starts as a copy of ours.
    command& env(std::string_view name, std::string_view value) &;
    /// Takes one variable out of it; that there is none is no error.
    command& env_remove(std::string_view name) &;
    /// Starts the environment empty, and forgets what was set before.
    command& env_clear() &;
    /// The directory the child starts in. Not used to find the program or the files of redirections.
    command& current_dir(std::string_view path) &;

    command& in(input_source source) &;   ///< where its standard input comes from; `inherit` by default
    command& out(output_target target) &; ///< where its standard output goes; `inherit` by default
    command& err(output_target target) &; ///< where its standard error goes; `inherit` by default

    /// An end that the child gets beside its streams, under a name by which it adopts it: see adopt_reader() and
    /// adopt_writer(). Any number of them, each with a name of its own: 1 to 64 letters, digits, '_', '-' and '.'.
    ///
    /// *Ownership*: the end moves into the command and is closed on our side after a successful spawn().
    /// *Systems*: on Windows the end must be a synchronous one, such as those of make_pipe(). On Linux the child finds
    /// the ends as descriptors 3, 4 and so on, in the order in which they were given.
    /// *Example*: examples/named_ends.cpp
    command& give(std::string_view name, pipe_reader end) &;
    command& give(std::string_view name, pipe_writer end) &;
    /// The same for an end of a ring: see adopt_ring_reader() and adopt_ring_writer(). On Linux it takes three
    /// descriptors there, of ring_mode::shared four.
    command& give(std::string_view name, ring_reader end) &;
    command& give(std::string_view name, ring_writer end) &;
    /// Adds one argument in which each `{NAME}` becomes the number of the end given by that name, in decimal: what the
    /// child calls it as a descriptor or HANDLE. For programs without windpipe: `--input={jobs}`. A brace that is meant
    /// is written twice.
    command& arg_with_ends(std::string_view argument) &;

    /// What kill() and the destructor of the child will reach.
    command& contain(containment reach) &;

    /// The child is killed when this process ends, however that comes: also when it is killed itself or crashes, and
    /// also after detach(). Not when the thread that starts it ends.
    ///
    /// *Systems*: Linux: the child alone, not what it has started; not a program that gains rights when it starts
    /// (set-user-ID, file capabilities). A thread that the first such start makes starts all of these, one at a time:
    /// what belongs to a thread alone, such as its processor affinity, they have from that one. Windows: the child's
    /// whole tree, by a job object; there a child that is neither waited for nor detached dies with us in any case.
    /// *Source*: PR_SET_PDEATHSIG in prctl(2); JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE.
    command& die_with_parent(bool wanted = true) &;

    // The same on a temporary: command{"ls"}.arg("-l").out(piped).spawn()
    command&& arg(std::string_view argument) && { return std::move(arg(argument)); }
    command&& args(const std::vector<std::string>& list) && { return std::move(args(list)); }
    command&& argv0(std::string_view name) && { return std::move(argv0(name)); }
    command&& env(std::string_view name, std::string_view value) && { return std::move(env(name, value)); }
    command&& env_remove(std::string_view name) && { return std::move(env_remove(name)); }
    command&& env_clear() && { return std::move(env_clear()); }
    command&& current_dir(std::string_view path) && { return std::move(current_dir(path)); }
    command&& in(input_source source) && { return std::move(in(std::move(source))); }
    command&& out(output_target target) && { return std::move(out(std::move(target))); }
    command&& err(output_target target) && { return std::move(err(std::move(target))); }
    command&& give(std::string_view name, pipe_reader end) && { return std::move(give(name, std::move(end))); }
    command&& give(std::string_view name, pipe_writer end) && { return std::move(give(name, std::move(end))); }
    command&& give(std::string_view name, ring_reader end) && { return std::move(give(name, std::move(end))); }
    command&& give(std::string_view name, ring_writer end) && { return std::move(give(name, std::move(end))); }
    command&& arg_with_ends(std::string_view argument) && { return std::move(arg_with_ends(argument)); }
    command&& contain(containment reach) && { return std::move(contain(reach)); }
    command&& die_with_parent(bool wanted = true) && { return std::move(die_with_parent(wanted)); }

    /// Starts the program.
    ///
    /// The child gets its three streams and the ends given by name, and no other handle of ours, whatever else this
    /// process has open. It starts with no signal blocked and the default action for SIGPIPE. The ends and handles that
    /// were given to in(), out(), err() and give() are closed on our side after success, so that end of stream can
    /// come; after a failure they are still there, and spawn() may be tried again.
    ///
    /// *Blocks*: until the program has been loaded or could not be.
    /// *Errors*: error::operation names the step: "find program", "open stdin", "open stdout", "open stderr",
    /// "give", "current directory", "exec", "arguments", "environment" …, with the system's own code:
    /// `no_such_file_or_directory`, `permission_denied`, `argument_list_too_long`, `executable_format_error`,
    /// `too_many_files_open`, `not_enough_memory`, `invalid_argument` (a NUL byte, an empty program name, an end that
    /// an earlier spawn() has used up, a stream that cannot be used there, a name of an end that is none, or is there
    /// twice, or is asked for in an argument and not given), `bad_file_descriptor` (a given handle that is not open),
    /// `illegal_byte_sequence` (on Windows, text that is not UTF-8). A failed start is never an exit code, and leaves
    /// no process, handle or thread behind.
    /// *Threads*: any number of commands may be started at the same time; one command, by one thread at a time.
    /// *Systems*: on Windows, inheritable copies of the streams and given ends exist in this process during the call.
    /// Code that starts processes meanwhile without a handle list of its own would pass them on.
    /// *Example*: examples/interactive.cpp
    /// *Source*: clone(2), close_range(2), execve(2); CreateProcessW, PROC_THREAD_ATTRIBUTE_HANDLE_LIST.
    [[nodiscard]] result<child> spawn();

    /// The program and its arguments as one line for people: messages and tables. Not for a shell.
    [[nodiscard]] std::string describe() const;

private:
    struct variable {
        std::string name;
        std::optional<std::string> value; // none: removed
    };
    struct named_end {
        std::string name;
        std::variant<pipe_reader, pipe_writer, ring_reader, ring_writer> end;
    };

    std::string program_;
    std::vector<std::string> arguments_;
    std::optional<std::string> argv0_;
    std::vector<variable> variables_;
    bool environment_cleared_ = false;
    std::optional<std::string> directory_;
    input_source in_ = inherit;
    output_target out_ = inherit;
    output_target err_ = inherit;
    std::vector<named_end> given_;
    std::vector<std::size_t> with_ends_; // which arguments_ have numbers of ends in them
    containment reach_ = containment::automatic;
    bool dies_with_us_ = false;

    friend class detail::access;
};

} // namespace windpipe

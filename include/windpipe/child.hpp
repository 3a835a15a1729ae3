// child.hpp - a started process: wait for it, stop it, ask how it ended and what it used.
#pragma once

#include <windpipe/command.hpp>
#include <windpipe/error.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/pipe.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace windpipe {

namespace detail {
class process_state;
}

/// How a process ended: it exited with a code, or a signal killed it.
///
/// *Systems*: Windows has no signals. There a process that windpipe killed counts as killed by signal 9, and one that
/// crashed as exited with the exception code (0xC0000005 and the like).
class exit_status {
public:
    /// One that exited with this code.
    [[nodiscard]] static constexpr exit_status exited(std::uint32_t code) noexcept { return {code, 0}; }
    /// One that this signal killed.
    [[nodiscard]] static constexpr exit_status signalled(int signal, bool core_dumped = false) noexcept {
        return {0, signal, core_dumped};
    }

    /// Exited with code 0.
    [[nodiscard]] constexpr bool success() const noexcept { return signal_ == 0 && code_ == 0; }
    /// The exit code, unless a signal killed it. 8 bits on Linux, 32 bits on Windows.
    [[nodiscard]] constexpr std::optional<std::uint32_t> code() const noexcept {
        return signal_ == 0 ? std::optional(code_) : std::nullopt;
    }
    /// The signal that killed it, unless it exited.
    [[nodiscard]] constexpr std::optional<int> signal() const noexcept {
        return signal_ != 0 ? std::optional(signal_) : std::nullopt;
    }
    /// Whether the signal left a core dump. Never on Windows.
    [[nodiscard]] constexpr bool core_dumped() const noexcept { return core_dumped_; }
    /// "exited with 3", "killed by signal 9 (SIGKILL)".
    [[nodiscard]] std::string text() const;

    friend constexpr bool operator==(const exit_status&, const exit_status&) noexcept = default;

private:
    constexpr exit_status(std::uint32_t code, int signal, bool core = false) noexcept
        : code_(code), signal_(signal), core_dumped_(core) {}

    std::uint32_t code_;
    int signal_;
    bool core_dumped_;
};

/// What a process used, known when it has been waited for.
struct resource_usage {
    std::chrono::nanoseconds wall{};   ///< from its start to its end (Linux: until its end was noticed)
    std::chrono::nanoseconds user{};   ///< processor time in the program, with descendants it waited for (Linux)
    std::chrono::nanoseconds system{}; ///< processor time in the kernel on its behalf, likewise
    /// Largest memory resident at a time. Windows: peak working set. Linux: never less than what this process had
    /// resident when it started the child, because the kernel counts the memory that both share until exec
    /// (getrusage(2)).
    std::uint64_t max_resident_bytes{};
};

/// What holds a child's tree together, and so how far kill(), stop() and wait_tree() reach.
enum class tree_hold {
    /// Nothing: the child alone. Linux, with containment::process.
    none,
    /// Linux: a process group of its own. A descendant that makes a group or session of its own escapes, as daemons do.
    process_group,
    /// Linux, with containment::strongest where it can be had: a control group of its own. Daemons do not escape; a
    /// process that moves itself into another control group does, which takes the right to write there.
    cgroup,
    /// Windows: a job object. Nobody escapes.
    job,
};

/// A started process and our ends of its pipes.
///
/// The destructor kills the process (and the rest of its tree, see windpipe::containment) and reaps it, unless it has
/// been waited for or detach() was called: no orphan and no zombie is left behind.
///
/// *Threads*: wait(), try_wait(), terminate(), kill(), stop() and pid() may be called by any number of threads at the
/// same time. Moving, destroying and detach() are for one thread, when no other uses the object.
class child {
public:
    child() noexcept;
    child(child&& other) noexcept;
    child& operator=(child&& other) noexcept;
    /// *Blocks*: until the killed process is gone.
    ~child();

    pipe_writer in;  ///< open if the command said in(piped): close it to give the child its end of stream
    pipe_reader out; ///< open if the command said out(piped)
    pipe_reader err; ///< open if the command said err(piped)

    /// Whether there is a process: false for a default-made, moved-from or detached child.
    [[nodiscard]] explicit operator bool() const noexcept { return state_ != nullptr; }

    /// The process id, for messages. Once the process has been reaped another one may have it: never signal by it.
    [[nodiscard]] std::uint32_t pid() const noexcept;

    /// Waits for the end of the process and reaps it. It reads no pipe: a child that waits for us to read never ends.
    ///
    /// *Blocks*: until the process ends.
    /// *Returns*: how it ended; the same for every caller and every later call.
    /// *Errors*: `timed_out`, `operation_canceled`, `too_many_files_open`, `not_enough_memory` (for what a thread makes
    /// at its first wait and keeps): the process is untouched. `no_child_process`: somebody else reaped it and the
    /// kernel does not tell how it ended, or this object has no process.
    /// *Source*: pidfd_open(2), waitid(2); WaitForSingleObject, GetExitCodeProcess.
    [[nodiscard]] result<exit_status> wait(const wait_limit& limit = {});

    /// How it ended, or nothing while it runs. Never blocks.
    ///
    /// *Errors*: `no_child_process`, as wait().
    [[nodiscard]] result<std::optional<exit_status>> try_wait();

    /// Waits until the process and all that is held of its tree have ended, and reaps it. It reads no pipe.
    ///
    /// *Blocks*: until nobody of the tree is left.
    /// *Returns*: how the process itself ended, as wait().
    /// *Errors*: those of wait(), after which nothing has changed. `operation_not_supported`: nothing holds the tree,
    /// see holds_tree_by(). `no_child_process`: wait() or try_wait() has given the status of the process already, by
    /// which its tree was let go. `permission_denied` on Windows for a member that may not be opened.
    /// *Systems*: on Linux the members are looked for among all processes each time that one of them has ended: those
    /// hidden from us (hidepid) are missed, and so is one that has escaped. A control group lists its own.
    /// *Source*: /proc/pid/stat in proc(5), pidfd_open(2), cgroups(7); QueryInformationJobObject.
    [[nodiscard]] result<exit_status> wait_tree(const wait_limit& limit = {});

    /// What holds the tree: which promise kill() and wait_tree() can keep.
    [[nodiscard]] tree_hold holds_tree_by() const noexcept;

    /// What it used; nothing before wait() or try_wait() has given a status.
    [[nodiscard]] std::optional<resource_usage> usage() const;

    /// Asks the process (with containment::tree, its group) to end, and returns at once. One that has ended is no
    /// error.
    ///
    /// *Errors*: `operation_not_supported` on Windows where the child shares no console with us, or is in our own
    /// process group. `operation_not_permitted`: it runs with rights that we lack. `no_child_process`: this object has
    /// no process.
    /// *Systems*: SIGTERM on Linux, Ctrl-Break on Windows. Either may be ignored.
    /// *Source*: pidfd_send_signal(2); GenerateConsoleCtrlEvent.
    [[nodiscard]] result<void> terminate();

    /// Forces the process and its tree to end, and returns at once. Wait for it to reap it.
    ///
    /// *Errors*: `operation_not_permitted`: it, or all that is left of its group, runs with rights that we lack.
    /// `no_child_process`: this object has no process. That it has ended is no error.
    /// *Systems*: SIGKILL on Linux, to the child and to the group it was started in, or all of its control group;
    /// TerminateJobObject on Windows.
    /// *Source*: pidfd_send_signal(2), kill(2), cgroup.kill in the kernel's cgroup-v2.rst; TerminateJobObject.
    [[nodiscard]] result<void> kill();

    /// Asks, waits up to `grace`, then forces; returns when the process has ended.
    ///
    /// *Blocks*: at most `grace` and the time the system needs to end a killed process.
    /// *Returns*: how it ended, as wait().
    /// *Errors*: those of kill() and wait(). That it cannot be asked is none: then it is forced at once.
    [[nodiscard]] result<exit_status> stop(std::chrono::nanoseconds grace);

    /// Lets the process live on without us. It becomes no zombie when it ends. Our pipe ends stay open.
    ///
    /// *Systems*: on Linux the first call starts one thread for the whole process, which reaps detached children.
    void detach() noexcept;

private:
    explicit child(std::unique_ptr<detail::process_state> state) noexcept;
    std::unique_ptr<detail::process_state> state_;
    friend class detail::access;
};

} // namespace windpipe

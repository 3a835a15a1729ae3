// run.hpp - start, feed, drain and wait in one call that cannot deadlock.
#pragma once

#include <windpipe/bytes.hpp>
#include <windpipe/child.hpp>
#include <windpipe/command.hpp>
#include <windpipe/error.hpp>
#include <windpipe/holders.hpp>
#include <windpipe/limits.hpp>
#include <windpipe/lines.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace windpipe {

/// When a capture is complete.
struct end_policy {
    /// The kinds of policies, which the functions below make.
    enum class rule {
        exited_and_drained, ///< drained()
        end_of_stream,      ///< end_of_stream()
        exited_and_quiet,   ///< quiet()
        tree_ended,         ///< tree_gone()
    };
    rule when = rule::exited_and_drained; ///< which of them
    std::chrono::nanoseconds quiet_for{}; ///< for quiet(): how long

    /// The child has exited and its pipes are empty. Somebody else who still holds their write ends is not waited for.
    [[nodiscard]] static constexpr end_policy drained() noexcept { return {}; }
    /// Every write end is closed, by descendants and strangers too, and the child has exited.
    [[nodiscard]] static constexpr end_policy end_of_stream() noexcept { return {rule::end_of_stream, {}}; }
    /// The child has exited, and for this long nothing has come.
    [[nodiscard]] static constexpr end_policy quiet(std::chrono::nanoseconds time) noexcept {
        return {rule::exited_and_quiet, time};
    }
    /// The child and all that is held of its tree have ended, and the pipes are empty. Who has escaped from the tree is
    /// not waited for: see child::wait_tree().
    [[nodiscard]] static constexpr end_policy tree_gone() noexcept { return {rule::tree_ended, {}}; }
};

/// How much of a stream to keep: its beginning and its end. What lies between is read and counted, but not kept.
struct capture_limit {
    std::size_t head = no_limit; ///< bytes from the beginning
    std::size_t tail = 0;        ///< bytes from the end
};

/// What was captured of one stream. The bytes are where they were read to: head.view() looks at them, text() copies.
struct capture {
    byte_buffer head;          ///< its first bytes, up to capture_limit::head
    std::string tail;          ///< its last bytes, up to capture_limit::tail, after what was skipped
    std::uint64_t skipped = 0; ///< bytes between head and tail, not kept

    /// All bytes that came, kept or not.
    [[nodiscard]] std::uint64_t total() const noexcept { return head.size() + skipped + tail.size(); }
    /// All of it; where bytes are missing, a line says how many.
    [[nodiscard]] std::string text() const;
};

/// One of a child's two output streams.
enum class output_stream {
    out, ///< standard output
    err, ///< standard error
};

/// What run() may be told.
struct run_options {
    /// Fed to standard input, then end of stream. It must stay unchanged until run() returns. Where the command sets
    /// its own `in`, this must be empty.
    std::string_view input = {};
    capture_limit out = {}; ///< what to keep of standard output
    capture_limit err = {}; ///< what to keep of standard error
    /// Called with every piece of output as it comes, in this thread; the bytes are there during the call only. They
    /// are captured all the same, unless the limits above say otherwise: `.out = {.head = 0}` keeps none, and then all
    /// pieces pass through one warm buffer. What it throws leaves run(); the child is killed and reaped then.
    std::function<void(output_stream which, std::span<const std::byte> piece)> on_output = {};
    /// Called with every line of both outputs, merged as they come; otherwise as on_output. What came first is known
    /// within a stream, and between the two as far as they were not ready at the same time: to keep the order in which
    /// the child wrote, send both into one pipe (`err(with_stdout)`). A last line without a line feed comes at the end.
    std::function<void(output_stream which, const line& text)> on_line = {};
    line_options lines = {}; ///< for on_line: the longest line, and what becomes of longer ones
    end_policy end = {};     ///< when the capture is complete
    wait_limit limit = {};   ///< when the child is killed instead
};

/// Why a capture ended.
enum class ended_by {
    end_of_stream, ///< every write end was closed and the child had exited
    drained,       ///< the child had exited and the pipes were empty, but others still held write ends
    quiet,         ///< the child had exited and the quiet time passed, but others still held write ends
    tree_gone,     ///< the tree had ended and the pipes were empty, but others still held write ends
    timed_out,     ///< the deadline passed: run() has killed the child
    canceled,      ///< a stop was requested: run() has killed the child
};

/// How a run ended, and what came out of it.
struct run_result {
    exit_status status = exit_status::exited(0);      ///< how the child ended
    capture out;                                      ///< of standard output
    capture err;                                      ///< of standard error
    enum ended_by ended_by = ended_by::end_of_stream; ///< why run() returned
    /// Somebody still held a write end: more output may have been on its way.
    bool writers_alive = false;
    /// Who held the write ends of the outputs: when the deadline passed, before the child was killed; otherwise at the
    /// end, where writers_alive. Unknown to the extent that holders() says.
    holder_list holders;
    /// Bytes of run_options::input that the child's pipe took.
    std::size_t input_written = 0;
    resource_usage usage; ///< what the child used

    /// The child exited with 0, and neither deadline nor stop cut it short.
    [[nodiscard]] bool success() const noexcept {
        return status.success() && ended_by != ended_by::timed_out && ended_by != ended_by::canceled;
    }
    /// How it ended, for a person: "killed by signal 9 (SIGKILL); its time was over while its output was held by cat
    /// (pid 4711, handle 1)".
    [[nodiscard]] std::string text() const;
};

/// Runs a command to its end: feeds `input` and takes both outputs at the same time, so that no order of reading and
/// writing can block, in this one thread. Streams the command leaves at `inherit` are captured (`in`: fed); streams it
/// sets otherwise are left as set.
///
/// A child that closes its input early is no error: see run_result::input_written.
///
/// *Blocks*: until the end policy is met, the deadline passes or a stop is requested.
/// *Returns*: also for a deadline and a stop, with all that was captured until then; the child and its tree are killed
/// and reaped first.
/// *Errors*: those of command::spawn(); `not_enough_memory`; those of reading a pipe; `message_size` (a line for
/// run_options::on_line that is longer than run_options::lines allows); with end_policy::tree_gone() those of
/// child::wait_tree(). The child is killed and reaped.
/// *Ownership*: the command's own ends are used up as by spawn().
/// *Example*: examples/capture.cpp
/// *Source*: poll(2), pidfd_open(2); WaitForMultipleObjects, CreateProcessW.
[[nodiscard]] result<run_result> run(command& what, const run_options& options = {});
[[nodiscard]] result<run_result> run(command&& what, const run_options& options = {});

/// What read_to_end() may be told about a child.
struct read_options {
    capture_limit out = {}; ///< what to keep of standard output
    capture_limit err = {}; ///< what to keep of standard error
    end_policy end = {};    ///< when the outputs are complete
    wait_limit limit = {};  ///< when to return without that
};

/// What read_to_end() took of a child's outputs. The last three as in run_result.
struct child_output {
    capture out;                                      ///< of standard output
    capture err;                                      ///< of standard error
    enum ended_by ended_by = ended_by::end_of_stream; ///< why read_to_end() returned
    bool writers_alive = false;                       ///< somebody still held a write end
    holder_list holders;                              ///< who did
};

/// Reads the outputs of a child that was started by command::spawn(), as far as they are pipes, until the end policy is
/// met: what run() does, for those who have talked to the child themselves. Both are read at the same time, so that the
/// child never waits for the one while we wait for the other. Its input stays as it is: a child that waits for the end
/// of it does not end before child::in is closed.
///
/// *Blocks*: until the end policy is met, the deadline passes or a stop is requested.
/// *Returns*: also for a deadline and a stop, with all that came until then; a later call goes on from there. An output
/// that has come to its end is closed.
/// *Errors*: those of reading a pipe; `not_enough_memory`; `no_child_process` (this object has no process); with
/// end_policy::tree_gone() those of child::wait_tree().
/// *Ownership*: the child is neither killed nor reaped: child::wait() tells how it ended, and until then child::kill()
/// reaches its tree.
/// *Threads*: one thread, and nobody else reads, moves or closes the outputs meanwhile. Other members of the child may
/// be called.
/// *Example*: examples/outputs.cpp
/// *Source*: as run().
[[nodiscard]] result<child_output> read_to_end(child& from, const read_options& options = {});

} // namespace windpipe

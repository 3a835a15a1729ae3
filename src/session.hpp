// session.hpp - feeds the first of some children, drains all of them and waits for them, in one thread. run() has one
// child, a pipeline several; read_to_end() only drains.
#pragma once

#include "core/capture_buffer.hpp"
#include "core/ending.hpp"
#include "core/pipe_budget.hpp"
#include "platform/platform.hpp"

#include <windpipe/child.hpp>
#include <windpipe/holders.hpp>
#include <windpipe/run.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace windpipe::detail {

/// As in run_options; the streams are those of every child.
struct session_options {
    std::string_view input;
    capture_limit out;
    capture_limit err;
    /// An error ends the session.
    std::function<result<void>(std::size_t child, output_stream which, std::span<const std::byte> piece)> on_output;
    end_policy end;
    wait_limit limit;
    /// The children are drained, but not fed, killed or reaped.
    bool only_reads = false;
};

/// How a session ended. Unless it only reads, every child has been reaped.
struct session_end {
    ended_by why = ended_by::end_of_stream;
    bool writers_alive = false;
    holder_list holders; ///< as run_result::holders
    std::size_t input_written = 0;
};

/// Feeds and drains until the end policy is met, the limit passes, or a call fails. Whatever pipe a child has takes
/// part: `in` of the first, `out` and `err` of all.
class session {
public:
    /// The children, and what the options refer to, must stay until the session is gone.
    session(std::span<child> children, const session_options& options);

    /// Once. After a deadline or a stop, the children are killed first. After an error, killing is up to the caller.
    result<session_end> drive();

    /// What came from a stream, to be taken once; empty where it had no pipe.
    capture take(std::size_t child, output_stream which);

private:
    /// Enlarges the pipe of a stream that has proved to carry much. Where it may not, the stream goes on as it is.
    class bulk_watch {
    public:
        void moved(std::size_t bytes, native_handle end);

    private:
        std::size_t moved_ = 0;
        bool asked_ = false;
        pipe_budget::lease share_;
    };

    struct stream {
        stream(std::size_t of, output_stream which_one, pipe_reader& from, capture_limit limit)
            : child(of), which(which_one), reader(from), kept(limit) {}
        std::size_t child;
        output_stream which;
        pipe_reader& reader;
        capture_buffer kept;
        bulk_watch bulk;
        std::size_t allowed = no_limit; // bytes that may still come
        bool reading = true;            // an operation is under way
    };

    static std::vector<stream> streams_of(std::span<child> children, const session_options& options);
    [[nodiscard]] error failed(std::error_code code, std::string_view operation, std::size_t child,
                               std::string_view stream) const;
    result<void> start();
    void feed();
    result<void> take_more(std::size_t at);
    result<void> pump();
    result<void> step(const wait_limit& limit);
    result<void> handle(const platform::completion& done);
    result<void> handle_write(const platform::completion& done);
    result<void> handle_read(std::size_t at, const platform::completion& done);
    result<void> handle_exit(std::size_t child);
    result<bool> watch_tree(std::size_t child);
    result<void> kill_all();
    result<void> wait_for_all();
    result<void> drain_rest();
    result<void> call_off_reads();
    [[nodiscard]] holder_list find_holders() const noexcept;

    [[nodiscard]] bool reading() const;
    [[nodiscard]] bool outputs_open() const;

    std::span<child> children_;
    const session_options& options_;
    std::string_view left_; // of the input
    bulk_watch fed_;
    std::vector<stream> streams_;
    ending end_;
    std::vector<platform::process> members_; // of each child's tree, the one that is watched
    platform::exchange exchange_;            // last: it lets go of the buffers first
};

} // namespace windpipe::detail

// relay.hpp - exact mode: between two stages we pass the bytes on ourselves, and count them.
#pragma once

#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace windpipe_tool {

/// What a relay has counted.
struct relay_count {
    std::uint64_t bytes = 0;                    ///< passed on: written to the next stage's pipe
    std::chrono::nanoseconds waited_to_read{};  ///< for the stage in front of it: its pipe was empty
    std::chrono::nanoseconds waited_to_write{}; ///< for the stage behind it: its pipe was full
};

/// Passes what comes out of one pipe into the next, in a thread of its own. On Linux the pages change hands and nothing
/// is copied.
class relay {
public:
    relay(windpipe::pipe_reader from, windpipe::pipe_writer to);
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;
    ~relay() { finish(); }

    /// Throws std::system_error where there are no more threads.
    void start();
    /// Ends it, when both stages have ended. What somebody else has written since then is lost, as in a pipe that
    /// nobody reads.
    void finish();

    [[nodiscard]] relay_count count() const noexcept;
    /// What kept it from passing on all there was. Nothing: the stream ended, or the next stage had enough. Known after
    /// finish().
    [[nodiscard]] const std::optional<windpipe::error>& failure() const noexcept { return failure_; }

private:
    void pass_on(const std::stop_token& stop);

    windpipe::pipe_reader from_;
    windpipe::pipe_writer to_;
    std::optional<windpipe::error> failure_;
    std::jthread thread_;
};

/// One between each two stages.
using relay_list = std::vector<std::unique_ptr<relay>>;

} // namespace windpipe_tool

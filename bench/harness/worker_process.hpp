// worker_process.hpp - what the harness needs of the system to run a worker.
#pragma once

#include "pipe_end.hpp" // the one of the system

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bench {

/// A worker's command line in parts: the system may have words of its own to add in between.
struct worker_words {
    std::vector<std::string> start;
    std::vector<std::string> settings;
    std::vector<std::string> program; ///< that the worker starts; may be empty
};

/// A started worker. Killed and reaped if it is still there in the end.
class worker_process {
public:
    /// Throws if it cannot be started. The ends stay the caller's.
    static std::unique_ptr<worker_process> start(const worker_words& words, std::optional<pipe_end> in,
                                                 std::optional<pipe_end> out);
    virtual ~worker_process() = default;
    worker_process(const worker_process&) = delete;
    worker_process& operator=(const worker_process&) = delete;

    virtual void order_start() = 0;
    /// What it reports: at least one byte, 0 if it has gone, nothing if there is none until then.
    virtual std::optional<std::size_t> read_some(std::span<char> into, std::int64_t until_ns) = 0;
    /// Waits for its end.
    virtual void reap() = 0;

protected:
    worker_process() = default;
};

/// What a program writes to its standard output; empty if it cannot be started.
std::string output_of(const std::vector<std::string>& words);

} // namespace bench

// bottleneck.hpp - which stage limited a run, by what its records say.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool {

/// What diff needs of the records of one run.
struct recorded_run {
    struct stage {
        std::string name;                            ///< for people
        std::optional<std::chrono::nanoseconds> cpu; ///< user and system
    };
    struct pipe {
        std::optional<std::uint64_t> moved;
        std::optional<std::chrono::nanoseconds> read_wait;
        std::optional<std::chrono::nanoseconds> write_wait;
    };
    std::vector<stage> stages;
    std::vector<pipe> pipes;
    std::chrono::nanoseconds wall{};
    std::string why;                   ///< "complete", …
    std::optional<std::size_t> judged; ///< by the verdict: the index of the stage
    std::string judged_because;        ///< as the verdict says it
};

/// Reads the lines of a file of records. *Errors*: a sentence for people, with the number of the line.
std::expected<recorded_run, std::string> read_run(const std::string& text);

/// The stage that limited a run, and what tells so.
struct bottleneck {
    std::size_t stage = 0;
    std::string because;
};

/// Nothing: unknown.
std::optional<bottleneck> find_bottleneck(const recorded_run& run);

} // namespace windpipe_tool

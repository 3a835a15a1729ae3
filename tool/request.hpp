// request.hpp - what the options of `windpipe run` say.
#pragma once

#include <windpipe/pipeline.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool {

/// Always, never, or by what is the case.
enum class when { automatic, always, never };

/// Where the error streams of the stages go.
struct error_stream {
    enum class kind { inherit, prefix, file };
    kind what = kind::inherit;
    std::string path{}; ///< of the file
};

struct run_request {
    std::string separator = "::";
    std::optional<std::string> text{}; ///< -c
    std::optional<std::string> file{}; ///< --file
    std::vector<std::string> names{};  ///< -N, in their order; "2=NAME" says which stage
    std::size_t pipe_size = 0;         ///< 0: the system's choice
    bool exact = false;
    error_stream errors{};
    std::optional<std::string> atomic_output{};

    std::optional<std::chrono::nanoseconds> time_limit{};
    std::optional<std::chrono::nanoseconds> kill_after{};
    std::optional<std::chrono::nanoseconds> stall{};
    bool stall_kill = false;

    windpipe::success_rule rule = windpipe::success_rule::forgiving;
    when table = when::automatic;
    when color = when::automatic;
    std::optional<std::string> json{}; ///< a file, or "fd:N"
    std::optional<std::string> report{};
    bool redact = false;
    bool xray = false;          ///< tell at the end what was seen of the stages and the pipes
    bool live = false;          ///< and show it meanwhile
    std::uint64_t expected = 0; ///< bytes that shall pass through the first pipe; 0: not known
};

} // namespace windpipe_tool

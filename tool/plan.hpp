// plan.hpp - the stages that shall run, and where their streams go.
#pragma once

#include "words.hpp"

#include <optional>
#include <string>
#include <vector>

namespace windpipe_tool {

/// Where a stream of a stage goes instead.
struct redirection {
    enum class kind {
        read,      ///< `<`
        write,     ///< `>`, `2>`: the file is made if missing, and emptied
        append,    ///< `>>`, `2>>`: the file is made if missing
        to_output, ///< `2>&1`: where the standard output goes
    };
    kind what = kind::read;
    std::string path{};

    friend bool operator==(const redirection&, const redirection&) = default;
};

/// One program, its arguments and its streams.
struct stage_plan {
    words line{};                     ///< the program first
    std::string name{};               ///< what the user calls it; empty: nothing
    std::optional<redirection> in{};  ///< of the first stage alone
    std::optional<redirection> out{}; ///< of the last stage alone
    std::optional<redirection> err{};

    friend bool operator==(const stage_plan&, const stage_plan&) = default;
};

/// From the first stage to the last.
using pipeline_plan = std::vector<stage_plan>;

} // namespace windpipe_tool

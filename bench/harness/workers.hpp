// workers.hpp - the libraries under measurement, each in a process of its own.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace bench {

/// One library used in one way, such as "Boost.Process v2, vfork".
struct way {
    std::string name;
    std::string version;
    std::string kind; ///< "floor", "windpipe" or "peer"
    std::vector<std::string> start;
    nlohmann::json jobs; ///< job -> true, or why not

    /// Why this way does not do the job; empty if it does.
    [[nodiscard]] std::string why_not(const std::string& job) const;
};

struct missing_peer {
    std::string name;
    std::string reason;
};

/// All that was built, and what could not be and why.
struct catalogue {
    std::vector<way> ways;
    std::vector<missing_peer> missing;

    /// The way of this name, or null.
    [[nodiscard]] const way* look_up(const std::string& name) const;
    /// The same; throws where there is none.
    [[nodiscard]] const way& find(const std::string& name) const;
};

/// Reads the list the build wrote and asks each worker.
catalogue load_catalogue();

/// One job for one worker.
struct work {
    const way* who = nullptr;
    std::string job;
    std::vector<std::string> settings = {}; ///< "key=value"
    std::vector<std::string> program = {};
    int in_pipe = -1; ///< which pipe of the plan it reads from
    int out_pipe = -1;
};

/// One sample: these pipes, these workers; they are started in this order when all are ready.
struct plan {
    std::vector<int> pipe_capacities = {};
    std::vector<work> works;
};

/// The reports, in the plan's order. Throws when a worker fails, reports an error or takes too long; it leaves none
/// running.
std::vector<nlohmann::json> run_plan(const plan& what, double timeout_seconds);

} // namespace bench

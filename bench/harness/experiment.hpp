// experiment.hpp - groups of rows that are measured against each other, in turns.
#pragma once

#include "harness/options.hpp"
#include "harness/workers.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// A quantity of a sample.
struct metric {
    std::string key;
    std::string title;
    std::string unit;
    bool higher_is_better = false;
};

using values = std::map<std::string, double>;

/// One library in one way, doing the group's job.
struct entry {
    const way* who = nullptr;
    std::string name; ///< the row
    plan how = {};
    std::string absent = {}; ///< why it is not measured
};

/// Cases that do the same job with the same bytes. All are measured once per repetition, one after the other.
struct row_group {
    std::string table;  ///< groups of one table are its columns
    std::string column; ///< "64 KiB writes"
    std::vector<std::string> baselines = {};
    bool two_cpus = false;    ///< the placement of the processors matters, and each worker has one for itself
    std::uint64_t memory = 0; ///< that a worker fills: as much is made ready by the machine before every sample
    std::uint64_t bytes = 0;  ///< that every worker that counts bytes must have moved; 0: no bytes
    int most_repetitions = 0; ///< where a sample takes half a minute; 0: as many as are asked for
    std::vector<entry> entries = {};
    std::vector<metric> metrics = {}; ///< where they are not those of the experiment
    std::function<values(const std::vector<nlohmann::json>& reports)> evaluate = {};

    [[nodiscard]] std::string name() const { return table + ": " + column; }
};

struct experiment {
    std::string question; ///< "spawn": the name of the program and of the result file
    std::string title;
    std::vector<std::string> notes; ///< what the rows are, for the reader of the tables
    std::vector<metric> metrics;    ///< the first one is what the ratios are about
    std::vector<row_group> groups = {};

    [[nodiscard]] const std::vector<metric>& metrics_of(const row_group& group) const {
        return group.metrics.empty() ? metrics : group.metrics;
    }
};

/// Measures, prints, writes the JSON file. Returns the exit code of the program.
int run(const experiment& what, const options& chosen, const catalogue& known);

} // namespace bench

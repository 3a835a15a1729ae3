// report.hpp - results as JSON and as a table on the terminal.
#pragma once

#include "harness/experiment.hpp"
#include "harness/sample.hpp"

namespace bench {

nlohmann::json to_json(const std::vector<metric>& metrics);

/// Everything but the groups: question, machine, build, command, peers.
nlohmann::json head_of(const experiment& what, const options& chosen, const catalogue& known);

/// Medians, spreads, paired ratios, circumstances and doubts of one group, with all its samples.
nlohmann::json summarize_group(const experiment& what, const row_group& group, const std::vector<case_result>& results,
                               const options& chosen);

/// One group as lines on standard output.
void print_group(const std::vector<metric>& metrics, const nlohmann::json& group);

} // namespace bench

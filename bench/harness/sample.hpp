// sample.hpp - one measurement and the circumstances it was taken in.
#pragma once

#include "harness/experiment.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace bench {

struct sample {
    values measured;
    double seconds = 0;          ///< of the whole sample, workers' start and end included
    double foreign_share = 0;    ///< of all processor time, used by programs that are not ours
    double stolen_share = 0;     ///< of all processor time, taken by the host of a virtual machine
    double waited_share = 0;     ///< of the job's time, a worker was ready to run and had no processor
    double bounce_before_ns = 0; ///< round trip of a cache line; 0 on a machine with one processor
    double bounce_after_ns = 0;
    double wake_up_us = 0;
    int tries = 0;
    bool disturbed = false;

    [[nodiscard]] double disturbance() const { return std::max({foreign_share, stolen_share, waited_share}); }
};

struct case_result {
    std::vector<sample> samples;
    std::string problem; ///< why it was given up
};

} // namespace bench

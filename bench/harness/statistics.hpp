// statistics.hpp - medians, spreads and paired ratios.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace bench {

struct summary {
    double median = 0;
    double least = 0;
    double most = 0;
    double spread = 0; ///< distance of the quartiles, as a share of the median
    std::size_t count = 0;
};

/// Of nothing: nothing.
std::optional<summary> summarize(std::vector<double> values);

/// Summary of values[i] / base[i] over the repetitions in which both are there.
std::optional<summary> paired_ratio(const std::vector<std::optional<double>>& values,
                                    const std::vector<std::optional<double>>& base);

} // namespace bench

#include "harness/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

namespace {

/// Linear between the two nearest ranks.
double quantile(const std::vector<double>& sorted, double share) {
    const double position = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(position));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - std::floor(position));
}

} // namespace

std::optional<summary> summarize(std::vector<double> values) {
    if (values.empty()) {
        return std::nullopt;
    }
    std::sort(values.begin(), values.end());
    summary found;
    found.median = quantile(values, 0.5);
    found.least = values.front();
    found.most = values.back();
    found.count = values.size();
    found.spread = found.median == 0 ? 0 : (quantile(values, 0.75) - quantile(values, 0.25)) / std::abs(found.median);
    return found;
}

std::optional<summary> paired_ratio(const std::vector<std::optional<double>>& values,
                                    const std::vector<std::optional<double>>& base) {
    std::vector<double> ratios;
    for (std::size_t index = 0; index < std::min(values.size(), base.size()); ++index) {
        if (values[index] && base[index] && *base[index] != 0) {
            ratios.push_back(*values[index] / *base[index]);
        }
    }
    return summarize(std::move(ratios));
}

} // namespace bench

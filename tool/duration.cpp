#include "duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace windpipe_tool {

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 6> units = {
        {{"ms", 1e-3}, {"", 1.0}, {"s", 1.0}, {"m", 60.0}, {"h", 3600.0}, {"d", 86400.0}}};
    constexpr double century = 100.0 * 366 * 86400;
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    double number = 0;
    const char* const begin = text.data();
    const auto [after, failure] = std::from_chars(begin, begin + digits, number, std::chars_format::fixed);
    // NOLINTNEXTLINE(readability-qualified-auto): a pointer in one library, an iterator in another
    const auto unit = std::ranges::find(units, text.substr(digits), &std::pair<std::string_view, double>::first);
    if (failure != std::errc() || after != begin + digits || unit == units.end()) {
        return std::nullopt;
    }
    const double seconds = number * unit->second;
    if (!(seconds >= 1e-3) || seconds > century) {
        return std::nullopt;
    }
    return std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(seconds * 1e9));
}

} // namespace windpipe_tool

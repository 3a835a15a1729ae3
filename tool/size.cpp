#include "size.hpp"

#include <charconv>
#include <limits>

namespace windpipe_tool {

namespace {

bool same_letter(char a, char small) { return a == small || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == small); }

/// How often the unit multiplies by 1024; nothing for no unit we know.
std::optional<unsigned> steps_of(std::string_view unit) {
    if (unit.empty()) {
        return 0;
    }
    constexpr std::string_view letters = "kmg";
    for (unsigned i = 0; i < letters.size(); ++i) {
        if (same_letter(unit[0], letters[i])) {
            const std::string_view rest = unit.substr(1);
            const bool binary = rest.size() == 2 && same_letter(rest[0], 'i') && same_letter(rest[1], 'b');
            return rest.empty() || binary ? std::optional(i + 1) : std::nullopt;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
    std::size_t number = 0;
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [after, failure] = std::from_chars(begin, end, number);
    const auto steps = steps_of({after, end});
    if (failure != std::errc() || !steps || number == 0) {
        return std::nullopt;
    }
    const unsigned shift = 10 * *steps;
    return number <= std::numeric_limits<std::size_t>::max() >> shift ? std::optional(number << shift) : std::nullopt;
}

} // namespace windpipe_tool

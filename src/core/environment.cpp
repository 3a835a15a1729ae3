#include "environment.hpp"

#include <algorithm>

namespace windpipe {

namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The name in "NAME=value". A '=' at the front belongs to the name.
std::string_view name_of(std::string_view entry) {
    const std::size_t end = entry.find('=', 1);
    return end == std::string_view::npos ? std::string_view{} : entry.substr(0, end);
}

} // namespace

bool same_variable(std::string_view a, std::string_view b, bool ignore_case) {
    return ignore_case ? std::ranges::equal(a, b, {}, upper, upper) : a == b;
}

std::optional<std::string> find_variable(std::span<const std::string> entries, std::string_view name,
                                         bool ignore_case) {
    const auto found = std::ranges::find_if(
        entries, [&](const std::string& entry) { return same_variable(name_of(entry), name, ignore_case); });
    if (found == entries.end()) {
        return std::nullopt;
    }
    return found->substr(name.size() + 1);
}

std::vector<std::string> changed_environment(std::vector<std::string> entries,
                                             std::span<const environment_change> changes, bool ignore_case) {
    for (const environment_change& change : changes) {
        std::erase_if(
            entries, [&](const std::string& entry) { return same_variable(name_of(entry), change.name, ignore_case); });
        if (change.value) {
            entries.push_back(change.name + '=' + *change.value);
        }
    }
    return entries;
}

bool is_variable_name(std::string_view name) {
    return !name.empty() && name.find_first_of(std::string_view("=\0", 2)) == std::string_view::npos;
}

} // namespace windpipe

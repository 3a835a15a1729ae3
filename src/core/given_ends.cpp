#include "given_ends.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace windpipe {

namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t field_count = 7;

bool is_name_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
}

void append_hex(std::string& to, std::uint64_t value) {
    std::array<char, 16> digits{};
    auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    to.append(digits.data(), end);
}

/// Written one way only: no sign, no leading zeros, small letters.
std::optional<std::uint64_t> parse_hex(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    std::string again;
    append_hex(again, value);
    return failed == std::errc() && again == text ? std::optional(value) : std::nullopt;
}

/// FNV-1a with a stronger end (the finalizer of MurmurHash3): no secret, but no accident keeps it.
/// Source: http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t digest(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
    hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return hash ^ (hash >> 33U);
}

/// Calls visit(entry) for each entry, until it says false.
template <class Visit>
void each_entry(std::string_view variable, Visit visit) {
    while (!variable.empty()) {
        const std::size_t end = std::min(variable.find(';'), variable.size());
        if (!visit(variable.substr(0, end))) {
            return;
        }
        variable.remove_prefix(std::min(end + 1, variable.size()));
    }
}

std::string_view name_of(std::string_view entry) { return entry.substr(0, entry.find(',')); }

/// Nothing: that is no kind, or none of an entry with this name.
std::optional<given_kind> parse_kind(std::string_view text, std::string_view name) {
    if (text.size() != 2 || (text[1] != 'r' && text[1] != 'w')) {
        return std::nullopt;
    }
    const auto kind = static_cast<given_kind>(text[0]);
    std::string_view suffix;
    switch (kind) {
    case given_kind::pipe:
    case given_kind::ring:
        break;
    case given_kind::ring_wakes:
        suffix = wakes_suffix;
        break;
    case given_kind::ring_memory:
        suffix = memory_suffix;
        break;
    case given_kind::ring_turns:
        suffix = turns_suffix;
        break;
    default:
        return std::nullopt;
    }
    const bool named = name.ends_with(suffix) && is_end_name(name.substr(0, name.size() - suffix.size()));
    return named ? std::optional(kind) : std::nullopt;
}

std::optional<given_end> parse(std::string_view entry) {
    std::array<std::string_view, field_count> fields;
    std::string_view left = entry;
    for (std::size_t i = 0; i < field_count; ++i) {
        const std::size_t end = left.find(',');
        if ((end == std::string_view::npos) != (i == field_count - 1)) {
            return std::nullopt;
        }
        fields[i] = left.substr(0, end);
        left.remove_prefix(fields[i].size() + (i < field_count - 1 ? 1 : 0));
    }
    const auto [name, kind, number, first, second, check, seal] = fields;
    const auto parsed_number = parse_hex(number);
    const auto parsed_first = parse_hex(first);
    const auto parsed_second = parse_hex(second);
    const std::string_view sealed = entry.substr(0, entry.size() - seal.size());
    const auto parsed_check = parse_hex(check);
    const auto parsed_kind = parse_kind(kind, name);
    if (!parsed_number || !parsed_first || !parsed_second || !parsed_check || parse_hex(seal) != digest(sealed) ||
        !parsed_kind) {
        return std::nullopt;
    }
    return given_end{.name = std::string(name),
                     .writes = kind[1] == 'w',
                     .number = *parsed_number,
                     .identity = {*parsed_first, *parsed_second},
                     .check = *parsed_check,
                     .kind = *parsed_kind};
}

std::unexpected<error> refused(std::string why) {
    return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), "arguments", std::move(why)});
}

} // namespace

bool is_end_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, is_name_character);
}

std::string encode_ends(std::span<const given_end> ends) {
    std::string variable;
    for (const given_end& end : ends) {
        std::string entry = end.name + ',' + static_cast<char>(end.kind) + (end.writes ? "w," : "r,");
        for (const std::uint64_t value : {end.number, end.identity.first, end.identity.second, end.check}) {
            append_hex(entry, value);
            entry += ',';
        }
        append_hex(entry, digest(entry));
        variable.append(variable.empty() ? "" : ";").append(entry);
    }
    return variable;
}

result<std::optional<given_end>> find_end(std::string_view variable, std::string_view name) {
    std::optional<std::string_view> found;
    each_entry(variable, [&](std::string_view entry) {
        if (name_of(entry) == name) {
            found = entry;
        }
        return !found;
    });
    if (!found) {
        return std::nullopt;
    }
    auto parsed = parse(*found);
    if (!parsed) {
        return std::unexpected(error{std::make_error_code(std::errc::bad_message), "adopt",
                                     "what " + std::string(ends_variable) + " says of '" + std::string(name) +
                                         "' was not written by windpipe, or has been changed"});
    }
    return parsed;
}

std::string without_end(std::string_view variable, std::string_view name) {
    std::string kept;
    each_entry(variable, [&](std::string_view entry) {
        if (name_of(entry) != name) {
            kept.append(kept.empty() ? "" : ";").append(entry);
        }
        return true;
    });
    return kept;
}

result<std::string> with_numbers(std::string_view text, std::span<const given_end> ends) {
    std::string filled;
    while (!text.empty()) {
        const std::size_t brace = std::min(text.find_first_of("{}"), text.size());
        filled.append(text.substr(0, brace));
        text.remove_prefix(brace);
        if (text.starts_with("{{") || text.starts_with("}}")) {
            filled += text.front();
            text.remove_prefix(2);
        } else if (!text.empty()) {
            const std::size_t close = text.find('}');
            if (text.front() == '}' || close == std::string_view::npos) {
                return refused("a single '" + std::string(1, text.front()) +
                               "' in an argument with ends; a brace that is meant is written twice");
            }
            const std::string_view name = text.substr(1, close - 1);
            const auto end = std::ranges::find(ends, name, &given_end::name);
            if (end == ends.end()) {
                return refused("no end is given by the name '" + std::string(name) + "' of an argument");
            }
            filled += std::to_string(end->number);
            text.remove_prefix(close + 1);
        }
    }
    return filled;
}

} // namespace windpipe

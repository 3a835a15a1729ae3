// The variable that tells a child of its ends. Any text: what it gives is what windpipe writes, and nothing else. Ends
// made of the same bytes: each comes back, and none after a single byte has been changed.
#include "require.hpp"

#include "core/given_ends.hpp"

#include <cstring>
#include <span>

namespace {

using windpipe::given_end;

bool same(const given_end& a, const given_end& b) {
    return a.name == b.name && a.writes == b.writes && a.number == b.number && a.identity == b.identity &&
           a.check == b.check;
}

void any_text(const std::string& variable) {
    for (const std::string& entry : split(variable, ';')) {
        const std::string name = entry.substr(0, entry.find(','));
        const auto found = windpipe::find_end(variable, name);
        if (found && *found) {
            require(variable.find(windpipe::encode_ends(std::span(&**found, 1))) != std::string::npos);
            require(windpipe::is_end_name((*found)->name));
        }
        const auto gone = windpipe::find_end(windpipe::without_end(variable, name), name);
        require(gone && !*gone);
    }
}

void any_argument(const std::string& text, std::span<const given_end> ends) {
    const auto filled = windpipe::with_numbers(text, ends);
    require(text.find_first_of("{}") != std::string::npos || (filled && *filled == text));
    std::string escaped;
    for (const char c : text) {
        escaped.append(c == '{' || c == '}' ? 2 : 1, c);
    }
    const auto back = windpipe::with_numbers(escaped, ends);
    require(back && *back == text);
}

/// Ends of which the names are those that the text has.
std::vector<given_end> ends_of(const std::string& text) {
    std::vector<given_end> ends;
    for (const std::string& part : split(text, ';')) {
        given_end end;
        end.name = part.substr(0, part.find(','));
        end.writes = part.size() % 2 == 1;
        if (windpipe::is_end_name(end.name) && std::ranges::find(ends, end.name, &given_end::name) == ends.end()) {
            const std::string digits = part.substr(end.name.size());
            for (std::uint64_t* const value : {&end.number, &end.identity.first, &end.identity.second, &end.check}) {
                *value = digits.size() * 0x9e3779b97f4a7c15U + (value == &end.check ? 1 : 0);
                std::memcpy(value, digits.data(), std::min(digits.size(), sizeof *value));
            }
            ends.push_back(end);
        }
    }
    return ends;
}

void ends_come_back(const std::vector<given_end>& ends, std::size_t place, char other) {
    std::string variable = windpipe::encode_ends(ends);
    for (const given_end& end : ends) {
        const auto found = windpipe::find_end(variable, end.name);
        require(found && *found && same(**found, end));
    }
    if (ends.empty()) {
        return;
    }
    char& changed = variable[place % variable.size()];
    if (changed == other) {
        return;
    }
    changed = other;
    std::size_t intact = 0;
    for (const given_end& end : ends) {
        const auto found = windpipe::find_end(variable, end.name);
        require(!found || !*found || same(**found, end));
        intact += found && *found ? 1 : 0;
    }
    require(intact < ends.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 3) {
        return 0;
    }
    const std::string text(text_of(data + 3, size - 3));
    const std::vector<given_end> ends = ends_of(text);
    any_text(text);
    any_argument(text, ends);
    ends_come_back(ends, data[0] * 256UL + data[1], static_cast<char>(data[2]));
    return 0;
}

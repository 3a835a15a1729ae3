// Any environment and any changes of it, against a list that is searched name by name. The first byte says whether case
// counts, the second how many of the parts between NULs are entries; the others, from the last on, are changes:
// "NAME=value" sets, "NAME" removes.
#include "require.hpp"

#include "core/environment.hpp"

#include <cctype>
#include <optional>
#include <span>
#include <utility>

namespace {

using windpipe::environment_change;

std::string folded(std::string name, bool ignore_case) {
    for (char& c : name) {
        c = ignore_case && static_cast<unsigned char>(c) < 0x80 ? static_cast<char>(std::toupper(c)) : c;
    }
    return name;
}

/// The name of an entry, if it has one: it has a character at least, which may be an equals sign.
std::optional<std::string> name_of(const std::string& entry) {
    for (std::size_t i = 1; i < entry.size(); ++i) {
        if (entry[i] == '=') {
            return entry.substr(0, i);
        }
    }
    return std::nullopt;
}

/// One entry after the other, each asked for the last change of its name.
std::vector<std::string> expected(const std::vector<std::string>& entries,
                                  const std::vector<environment_change>& changes, bool ignore_case) {
    const auto last = [&](const std::string& name) {
        const environment_change* found = nullptr;
        for (const environment_change& change : changes) {
            found = folded(change.name, ignore_case) == folded(name, ignore_case) ? &change : found;
        }
        return found;
    };
    std::vector<std::string> after;
    for (const std::string& entry : entries) {
        const auto name = name_of(entry);
        if (!name || last(*name) == nullptr) {
            after.push_back(entry);
        }
    }
    for (const environment_change& change : changes) {
        if (last(change.name) == &change && change.value) {
            after.push_back(change.name + "=" + *change.value);
        }
    }
    return after;
}

std::optional<std::string> first_value(const std::vector<std::string>& entries, const std::string& name,
                                       bool ignore_case) {
    for (const std::string& entry : entries) {
        const auto other = name_of(entry);
        if (other && folded(*other, ignore_case) == folded(name, ignore_case)) {
            return entry.substr(other->size() + 1);
        }
    }
    return std::nullopt;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const bool ignore_case = data[0] % 2 == 1;
    std::vector<std::string> entries = split(text_of(data + 2, size - 2), '\0');
    std::vector<environment_change> changes;
    for (std::size_t kept = data[1] % 16; entries.size() > kept; entries.pop_back()) {
        const std::string& text = entries.back();
        const std::size_t end = std::min(text.find('='), text.size());
        if (windpipe::is_variable_name(text.substr(0, end))) {
            changes.push_back(
                {text.substr(0, end), end < text.size() ? std::optional(text.substr(end + 1)) : std::nullopt});
        } else {
            require(end == 0);
        }
    }
    const auto after = windpipe::changed_environment(entries, changes, ignore_case);
    require(after == expected(entries, changes, ignore_case));
    for (const std::string& entry : after) {
        if (const auto name = name_of(entry)) {
            require(windpipe::find_variable(after, *name, ignore_case) == first_value(after, *name, ignore_case));
        }
    }
    return 0;
}

// given_ends.hpp - how a child is told of the ends it was given by name: one environment variable, and numbers in
// arguments.
//
// The variable holds an entry for each end, separated by ';', of fields separated by ',':
//
//     NAME , KIND , NUMBER , IDENTITY , IDENTITY , CHECK , SEAL
//
// NAME as is_end_name() has it; KIND "pr" (a pipe, its read end) or "pw"; the others are hexadecimal. An end of a
// ring has three entries: NAME with KIND "rr" or "rw" is what it is woken by, NAME/wakes ("kr", "kw") how it wakes the
// other side, NAME/memory ("mr", "mw") the memory; and a fourth where others may be at its side, NAME/turns ("tr",
// "tw"). CHECK is random for each start of a child, SEAL a digest of all that stands before it.
#pragma once

#include <windpipe/error.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace windpipe {

inline constexpr std::string_view ends_variable = "WINDPIPE_ENDS";

/// What tells one pipe from another, as far as the system knows; the same in every process.
struct end_identity {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    friend bool operator==(const end_identity&, const end_identity&) noexcept = default;
};

enum class given_kind : char { pipe = 'p', ring = 'r', ring_wakes = 'k', ring_memory = 'm', ring_turns = 't' };
/// What follows the name of a ring's end in the names of its other entries.
inline constexpr std::string_view wakes_suffix = "/wakes";
inline constexpr std::string_view memory_suffix = "/memory";
inline constexpr std::string_view turns_suffix = "/turns";

struct given_end {
    std::string name;
    bool writes = false;      ///< it is a write end
    std::uint64_t number = 0; ///< what the child calls it: a descriptor, the value of a handle
    end_identity identity;
    std::uint64_t check = 0; ///< of its start
    given_kind kind = given_kind::pipe;
};

/// 1 to 64 letters, digits, '_', '-' and '.', of ASCII.
bool is_end_name(std::string_view name) noexcept;

/// The value of the variable.
std::string encode_ends(std::span<const given_end> ends);

/// The entry of one end. Nothing: no entry has this name.
///
/// Errors: bad_message where the entry is not as encode_ends() writes it: cut off, changed, made up.
result<std::optional<given_end>> find_end(std::string_view variable, std::string_view name);

/// The value without the entry of this name, whatever else is in it. Empty: it was the last.
std::string without_end(std::string_view variable, std::string_view name);

/// `text` with the decimal number of the end in the place of each "{NAME}"; "{{" and "}}" are single braces.
///
/// Errors: invalid_argument for a name that is not among the ends, and for a single brace.
result<std::string> with_numbers(std::string_view text, std::span<const given_end> ends);

} // namespace windpipe

// environment.hpp - the environment of a child, from ours and the changes a command asks for.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe {

struct environment_change {
    std::string name;
    std::optional<std::string> value; ///< none: remove the variable
};

/// Whether two variable names are one. ASCII letters only are folded; Windows folds more, but no standard name needs
/// it.
bool same_variable(std::string_view a, std::string_view b, bool ignore_case);

/// The value of a variable in a list of "NAME=value".
std::optional<std::string> find_variable(std::span<const std::string> entries, std::string_view name, bool ignore_case);

/// `entries` ("NAME=value") after the changes, applied in order. Entries that are no assignments pass unchanged, such
/// as Windows' "=C:=C:\\dir", which keeps the current directory of a drive.
std::vector<std::string> changed_environment(std::vector<std::string> entries,
                                             std::span<const environment_change> changes, bool ignore_case);

/// A name that can be set: not empty, no '=' in it and no NUL.
bool is_variable_name(std::string_view name);

} // namespace windpipe

// description.hpp - the whole command line as data: from it come the manual page and the completions of the shells.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe_tool {

struct option_description {
    std::vector<std::string> names; ///< "-N", "--name"
    std::string value;              ///< what it takes; empty: nothing
    std::string help;
    std::vector<std::string> choices{}; ///< what its value may be, where that can be listed
    bool takes_file = false;
};

struct command_description {
    std::string name;
    std::string summary;
    std::string usage;
    std::string explanation{}; ///< paragraphs as the help has them
    std::vector<option_description> options{};
    bool takes_programs = false; ///< behind its options: programs and their arguments; otherwise files
};

/// Every command of windpipe.
std::vector<command_description> describe_commands();

/// The manual page, windpipe(1), in the language of man(7).
std::string manual_page();

/// What a shell needs to complete the command line. Nothing: a shell we do not know.
std::optional<std::string> completions_for(std::string_view shell);

/// The shells that completions_for() knows.
inline constexpr std::string_view known_shells = "bash, zsh, fish, powershell";

} // namespace windpipe_tool

#include "description.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace windpipe_tool {

namespace {

using commands = std::vector<command_description>;

/// In single quotes, as all four shells read them; a quote within ends them for a moment, or is written twice.
std::string quoted(std::string text, std::string_view quote_within) {
    for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += quote_within.size()) {
        text.replace(at, 1, quote_within);
    }
    return '\'' + text + '\'';
}
std::string quoted(const std::string& text) { return quoted(text, "'\\''"); }

std::string names_of(const commands& all, std::string_view between) {
    std::vector<std::string> names;
    std::ranges::transform(all, std::back_inserter(names), &command_description::name);
    return fmt::format("{}", fmt::join(names, between));
}

std::string options_of(const command_description& command) {
    std::vector<std::string> names = {"-h", "--help"};
    for (const option_description& option : command.options) {
        names.insert(names.end(), option.names.begin(), option.names.end());
    }
    return fmt::format("{}", fmt::join(names, " "));
}

// ---- bash

/// What completes the value of an option: one arm of a case.
std::string bash_value(const option_description& option) {
    const std::string what = !option.choices.empty() ? fmt::format("-W '{}'", fmt::join(option.choices, " "))
                             : option.takes_file     ? "-f"
                                                     : "-W ''";
    return fmt::format("                {}) COMPREPLY=($(compgen {} -- \"$cur\")); return ;;\n",
                       fmt::join(option.names, "|"), what);
}

std::string for_bash(const commands& all) {
    std::string arms;
    for (const command_description& command : all) {
        std::string values;
        std::string with_value;
        for (const option_description& option : command.options) {
            if (!option.value.empty()) {
                values += bash_value(option);
                with_value += (with_value.empty() ? "" : "|") + fmt::format("{}", fmt::join(option.names, "|"));
            }
        }
        arms += fmt::format("        {})\n", command.name);
        if (!values.empty()) {
            arms += "            case $prev in\n" + values + "            esac\n";
        }
        // The first word that is neither an option nor its value ends windpipe's own.
        arms += fmt::format("            for ((i = 2; i < COMP_CWORD; ++i)); do\n"
                            "                case ${{COMP_WORDS[i]}} in\n"
                            "{}"
                            "                    -?*) ;;\n"
                            "                    *) COMPREPLY=($(compgen {} -- \"$cur\")); return ;;\n"
                            "                esac\n"
                            "            done\n"
                            "            COMPREPLY=($(compgen -W '{}' -- \"$cur\"){}) ;;\n",
                            with_value.empty() ? "" : "                    " + with_value + ") ((++i)) ;;\n",
                            command.takes_programs ? "-c -f" : "-f", options_of(command),
                            command.takes_programs ? " $([[ $cur == -* ]] || compgen -c -- \"$cur\")"
                                                   : " $([[ $cur == -* ]] || compgen -f -- \"$cur\")");
    }
    return fmt::format("# bash completion of windpipe\n"
                       "_windpipe() {{\n"
                       "    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} i\n"
                       "    COMPREPLY=()\n"
                       "    if ((COMP_CWORD == 1)); then\n"
                       "        COMPREPLY=($(compgen -W '{} help --help --version' -- \"$cur\"))\n"
                       "        return\n"
                       "    fi\n"
                       "    case ${{COMP_WORDS[1]}} in\n"
                       "{}"
                       "        help) COMPREPLY=($(compgen -W '{} man completions' -- \"$cur\")) ;;\n"
                       "    esac\n"
                       "}}\n"
                       "complete -o filenames -F _windpipe windpipe\n",
                       names_of(all, " "), arms, names_of(all, " "));
}

// ---- zsh

std::string zsh_escaped(std::string text) {
    for (const char special : {'\\', ':', '[', ']'}) {
        for (std::size_t at = 0; (at = text.find(special, at)) != std::string::npos; at += 2) {
            text.insert(at, 1, '\\');
        }
    }
    return text;
}

std::string for_zsh(const commands& all) {
    std::string arms;
    std::string list;
    for (const command_description& command : all) {
        list += " " + quoted(command.name + ':' + zsh_escaped(command.summary));
        arms += fmt::format("        {})\n            _arguments -S -s '(-h --help)'{{-h,--help}}'[Print the help]'",
                            command.name);
        for (const option_description& option : command.options) {
            const std::string values = !option.choices.empty()
                                           ? fmt::format(":{}:({})", option.value, fmt::join(option.choices, " "))
                                       : option.takes_file    ? fmt::format(":{}:_files", option.value)
                                       : option.value.empty() ? ""
                                                              : fmt::format(":{}: ", option.value);
            for (const std::string& name : option.names) {
                const char* const separator = option.value.empty() ? "" : name.starts_with("--") ? "=" : "+";
                arms.append(" \\\n                ")
                    .append(quoted(fmt::format("*{}{}[{}]{}", name, separator, zsh_escaped(option.help), values)));
            }
        }
        arms +=
            std::string(" \\\n                ") +
            (command.takes_programs ? "'(-)1:program:_command_names -e' '*::arguments:_normal'" : "'*:file:_files'") +
            " ;;\n";
    }
    return "#compdef windpipe\n"
           "_windpipe() {\n"
           "    if ((CURRENT == 2)); then\n"
           "        local -a commands=(" +
           list +
           " 'help:Explain a command')\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    local command=$words[2]\n"
           "    shift words\n"
           "    ((--CURRENT))\n"
           "    case $command in\n" +
           arms + "    esac\n}\n_windpipe \"$@\"\n";
}

// ---- fish

std::string for_fish(const commands& all) {
    std::string text = "# fish completion of windpipe\n";
    text += "complete -c windpipe -n __fish_use_subcommand -f\n";
    for (const command_description& command : all) {
        text += fmt::format("complete -c windpipe -n __fish_use_subcommand -a {} -d {}\n", command.name,
                            quoted(command.summary));
        const std::string here = fmt::format("complete -c windpipe -n '__fish_seen_subcommand_from {}'", command.name);
        for (const option_description& option : command.options) {
            text += here;
            for (const std::string& name : option.names) {
                text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            }
            text += option.value.empty()     ? ""
                    : option.takes_file      ? " -r -F"
                    : option.choices.empty() ? " -x"
                                             : fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
            text += " -d " + quoted(option.help) + '\n';
        }
        if (command.takes_programs) {
            text += here + " -a '(__fish_complete_command)'\n";
        }
    }
    text += "complete -c windpipe -n __fish_use_subcommand -a help -d 'Explain a command'\n";
    return text + fmt::format("complete -c windpipe -n '__fish_seen_subcommand_from help' -f -a '{} man completions'\n",
                              names_of(all, " "));
}

// ---- PowerShell

std::string powershell_list(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) {
        list += (list.empty() ? "" : ", ") + quoted(word, "''");
    }
    return "@(" + list + ')';
}

std::string for_powershell(const commands& all) {
    std::string options;
    std::string values;
    std::vector<std::string> names;
    for (const command_description& command : all) {
        names.push_back(command.name);
        std::vector<std::string> own = {"--help"};
        for (const option_description& option : command.options) {
            own.insert(own.end(), option.names.begin(), option.names.end());
            for (const std::string& name : option.names) {
                if (!option.choices.empty()) {
                    values +=
                        fmt::format("        '{} {}' = {}\n", command.name, name, powershell_list(option.choices));
                }
            }
        }
        options += fmt::format("        '{}' = {}\n", command.name, powershell_list(own));
    }
    names.insert(names.end(), {"help", "--help", "--version"});
    return "# PowerShell completion of windpipe\n"
           "Register-ArgumentCompleter -Native -CommandName windpipe -ScriptBlock {\n"
           "    param($word, $line, $position)\n"
           "    $options = @{\n" +
           options +
           "    }\n"
           "    $values = @{\n" +
           values + "    }\n" + "    $commands = " + powershell_list(names) +
           "\n"
           "    $before = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } |\n"
           "                ForEach-Object { $_.ToString() })\n"
           "    if ($before.Count -lt 2) {\n"
           "        $found = $commands\n"
           "    } elseif ($values.ContainsKey($before[1] + ' ' + $before[-1])) {\n"
           "        $found = $values[$before[1] + ' ' + $before[-1]]\n"
           "    } else {\n"
           "        $found = $options[$before[1]]\n"
           "    }\n"
           "    $found | Where-Object { $_ -clike \"$word*\" } |\n"
           "        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n"
           "}\n";
}

} // namespace

std::optional<std::string> completions_for(std::string_view shell) {
    const commands all = describe_commands();
    return shell == "bash"         ? std::optional(for_bash(all))
           : shell == "zsh"        ? std::optional(for_zsh(all))
           : shell == "fish"       ? std::optional(for_fish(all))
           : shell == "powershell" ? std::optional(for_powershell(all))
                                   : std::nullopt;
}

} // namespace windpipe_tool

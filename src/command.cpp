#include "access.hpp"
#include "core/environment.hpp"
#include "core/given_ends.hpp"
#include "platform/platform.hpp"

#include <windpipe/command.hpp>

#include <algorithm>

namespace windpipe {

command& command::arg(std::string_view argument) & {
    arguments_.emplace_back(argument);
    return *this;
}

command& command::args(const std::vector<std::string>& arguments) & {
    arguments_.insert(arguments_.end(), arguments.begin(), arguments.end());
    return *this;
}

command& command::argv0(std::string_view name) & {
    argv0_ = name;
    return *this;
}

command& command::env(std::string_view name, std::string_view value) & {
    variables_.push_back({std::string(name), std::string(value)});
    return *this;
}

command& command::env_remove(std::string_view name) & {
    variables_.push_back({std::string(name), std::nullopt});
    return *this;
}

command& command::env_clear() & {
    environment_cleared_ = true;
    variables_.clear();
    return *this;
}

command& command::current_dir(std::string_view path) & {
    directory_ = path;
    return *this;
}

command& command::in(input_source source) & {
    in_ = std::move(source);
    return *this;
}

command& command::out(output_target target) & {
    out_ = std::move(target);
    return *this;
}

command& command::err(output_target target) & {
    err_ = std::move(target);
    return *this;
}

command& command::give(std::string_view name, pipe_reader end) & {
    given_.push_back({std::string(name), std::move(end)});
    return *this;
}

command& command::give(std::string_view name, pipe_writer end) & {
    given_.push_back({std::string(name), std::move(end)});
    return *this;
}

command& command::give(std::string_view name, ring_reader end) & {
    given_.push_back({std::string(name), std::move(end)});
    return *this;
}

command& command::give(std::string_view name, ring_writer end) & {
    given_.push_back({std::string(name), std::move(end)});
    return *this;
}

command& command::arg_with_ends(std::string_view argument) & {
    with_ends_.push_back(arguments_.size());
    return arg(argument);
}

command& command::contain(containment reach) & {
    reach_ = reach;
    return *this;
}

command& command::die_with_parent(bool wanted) & {
    dies_with_us_ = wanted;
    return *this;
}

std::string command::describe() const {
    std::string line;
    const auto append = [&line](std::string_view word) {
        const bool plain = !word.empty() && word.find_first_of(" \t\r\n\v\f'\"\\") == std::string_view::npos;
        line += line.empty() ? "" : " ";
        plain ? line.append(word) : line.append("'").append(word).append("'");
    };
    append(program_);
    std::ranges::for_each(arguments_, append);
    return line;
}

// ---- the plan

namespace {

std::unexpected<error> refused(std::string_view operation, std::string why) {
    return std::unexpected(error{std::make_error_code(std::errc::invalid_argument), operation, std::move(why)});
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

std::vector<std::string> split_path(std::string_view path, char separator) {
    std::vector<std::string> directories;
    while (true) {
        const std::size_t end = std::min(path.find(separator), path.size());
        directories.emplace_back(path.substr(0, end));
        if (end == path.size()) {
            return directories;
        }
        path.remove_prefix(end + 1);
    }
}

} // namespace

result<spawn_plan> detail::access::plan_of(const command& what, bool shares_input) {
    const platform::naming names = platform::names();
    if (what.program_.empty()) {
        return refused("find program", "the program name is empty");
    }
    if (has_nul(what.program_)) {
        return refused("find program", "a NUL byte in the program name");
    }
    spawn_plan plan;
    plan.program = what.program_;
    plan.program_is_path = what.program_.find_first_of(names.separators) != std::string::npos;
    plan.arguments.push_back(what.argv0_.value_or(what.program_));
    plan.arguments.insert(plan.arguments.end(), what.arguments_.begin(), what.arguments_.end());
    for (std::size_t i = 0; i < plan.arguments.size(); ++i) {
        if (has_nul(plan.arguments[i])) {
            return refused("arguments", "a NUL byte in argument " + std::to_string(i));
        }
    }
    std::vector<environment_change> changes;
    for (const command::variable& change : what.variables_) {
        if (!is_variable_name(change.name)) {
            return refused("environment", "'" + change.name + "' cannot be the name of a variable");
        }
        if (change.value && has_nul(*change.value)) {
            return refused("environment", "a NUL byte in the value of " + change.name);
        }
        changes.push_back({change.name, change.value});
    }
    const std::string ends(ends_variable); // those that we were given are not for the child
    const auto given = platform::environment_variable(ends);
    if (!given) {
        return std::unexpected(given.error());
    }
    if (what.environment_cleared_ || !changes.empty() || *given) {
        auto before = what.environment_cleared_ ? std::vector<std::string>{} : platform::environment();
        if (!before) {
            return std::unexpected(std::move(before).error());
        }
        changes.push_back({ends, std::nullopt});
        plan.environment = changed_environment(std::move(*before), changes, names.environment_ignores_case);
    }
    if (!plan.program_is_path) {
        const auto path = plan.environment ? find_variable(*plan.environment, "PATH", names.environment_ignores_case)
                                           : platform::environment_variable("PATH");
        if (!path) {
            return std::unexpected(path.error());
        }
        plan.search = split_path(path->value_or(std::string(names.default_path)), names.path_separator);
    }
    if (what.directory_ && (what.directory_->empty() || has_nul(*what.directory_))) {
        return refused("current directory", what.directory_->empty() ? "the path is empty" : "a NUL byte in the path");
    }
    plan.directory = what.directory_;
    plan.own_control_group = what.reach_ == containment::strongest;
    plan.own_group = plan.own_control_group || what.reach_ == containment::tree ||
                     (what.reach_ == containment::automatic && !shares_input);
    plan.dies_with_us = what.dies_with_us_;
    return plan;
}

} // namespace windpipe

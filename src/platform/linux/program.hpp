// program.hpp - which file a program name means.
#pragma once

#include "core/spawn_plan.hpp"

#include <windpipe/error.hpp>

#include <string>

namespace windpipe::platform {

/// The path to execute: the plan's own if it is a path, else the first executable file of that name in its search list.
result<std::string> find_program(const spawn_plan& plan);

} // namespace windpipe::platform

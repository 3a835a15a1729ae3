// exit_report.hpp - what the system tells of a process that has ended.
#pragma once

#include <windpipe/child.hpp>

#include <chrono>

namespace windpipe {

struct exit_report {
    exit_status status = exit_status::exited(0);
    resource_usage usage;
    /// When it ended (Linux: when that was noticed), on a clock that all processes share. Only for comparing.
    std::chrono::nanoseconds ended{};
};

} // namespace windpipe

// exit_report.hpp - what the system tells of a process that has ended.
#pragma once

#include <windpipe/child.hpp>

namespace windpipe {

struct exit_report {
    exit_status status = exit_status::exited(0);
    resource_usage usage;
};

} // namespace windpipe

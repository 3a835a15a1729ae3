#include "control_group.hpp"
#include "descriptors.hpp"
#include "proc.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

namespace {

constexpr std::string_view step = "wait for tree";

/// The process group of a process; 0 if it cannot be told.
std::uint32_t group_of(int processes, const char* id) {
    return static_cast<std::uint32_t>(stat_number(processes, id, 5));
}

bool has_ended(int pidfd) {
    pollfd watched{pidfd, POLLIN, 0};
    const timespec at_once{};
    return sys::ppoll(&watched, 1, &at_once) > 0;
}

/// A process of the group, if it is one and runs. The group is looked at again when the process is held: its number
/// cannot be another's from then on.
result<unique_handle> running_member(int processes, const char* id, std::uint32_t group) {
    if (group_of(processes, id) != group) {
        return unique_handle();
    }
    unique_handle held(sys::pidfd_open(number_of<pid_t>(id)));
    if (!held) {
        return errno == ESRCH ? result<unique_handle>() : sys::failed(step);
    }
    if (group_of(processes, id) != group || has_ended(held.get())) {
        return unique_handle();
    }
    return clear_of_standard(std::move(held), step);
}

} // namespace

tree_hold hold_on(const process& what) noexcept {
    if (what.in_control_group) {
        return tree_hold::cgroup;
    }
    return what.leads_group ? tree_hold::process_group : tree_hold::none;
}

// A process that is started while we look has a higher number than its parent and is met later, unless the numbers
// begin anew: so we look twice before we say that there is none.
result<unique_handle> tree_member(const process& what) {
    if (!has_ended(what.handle.get())) {
        return private_copy(what.handle.get(), step);
    }
    if (what.in_control_group) {
        return control_group_member(what);
    }
    for (int look = 0; look < 2; ++look) {
        result<unique_handle> found;
        const auto looked = each_process(step, [&](int processes, const char* id) {
            if (found && !*found) {
                found = running_member(processes, id, what.id);
            }
        });
        if (!looked) {
            return std::unexpected(looked.error());
        }
        if (!found || *found) {
            return found;
        }
    }
    return unique_handle();
}

} // namespace windpipe::platform

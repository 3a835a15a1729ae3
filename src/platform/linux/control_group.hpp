// control_group.hpp - a control group of its own for the tree of a child, where we may make one. See cgroups(7).
#pragma once

#include "platform/platform.hpp"

#include <string>

namespace windpipe::platform {

/// One that is removed when nobody needs it any more, and that nobody has moved into by accident.
class control_group {
public:
    /// Below our own. Where that is not ours to do, one that does not exist.
    static control_group make() noexcept;

    control_group() = default;
    control_group(control_group&& other) noexcept = default;
    control_group& operator=(control_group&& other) noexcept {
        if (this != &other) {
            remove();
            directory_ = std::move(other.directory_);
            path_ = std::move(other.path_);
        }
        return *this;
    }
    ~control_group() { remove(); }

    /// Gives it to its process, by which it is removed when that is reaped: see remove_control_group().
    void move_into(process& what) && noexcept {
        what.job = std::move(directory_);
        what.control_group = std::move(path_);
        what.in_control_group = true;
    }

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(directory_); }
    [[nodiscard]] int directory() const noexcept { return directory_.get(); }

private:
    void remove() noexcept;

    unique_handle directory_;
    std::string path_;
};

/// Removes that of a process that is reaped or let go. If somebody still lives in it, a later call does.
void remove_control_group(process& what) noexcept;

/// Kills everybody in it, and in those below it.
result<void> kill_control_group(const process& what);

/// One running process of it, as tree_member().
result<unique_handle> control_group_member(const process& what);

} // namespace windpipe::platform

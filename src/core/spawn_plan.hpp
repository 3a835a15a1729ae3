// spawn_plan.hpp - everything a backend must know to start a program, with all decisions taken.
#pragma once

#include <windpipe/handle.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace windpipe {

/// Where one standard stream of the child comes from.
struct stream_plan {
    enum class source {
        inherit,     ///< our stream of the same number, if it is open and inheritable; else the null device
        null,        ///< the null device
        read_file,   ///< `path`, for reading
        write_file,  ///< `path`, made and emptied
        append_file, ///< `path`, made, at its end
        handle,      ///< `handle`, borrowed
        our_stdout,  ///< our standard output
        our_stderr,  ///< our standard error
        same_as_out, ///< what the child's standard output is
    };
    source from = source::inherit;
    std::string path = {};
    native_handle handle = no_handle;
};

inline constexpr std::array<std::string_view, 3> stream_names{"stdin", "stdout", "stderr"};
inline constexpr std::array<std::string_view, 3> open_steps{"open stdin", "open stdout", "open stderr"};

/// INVARIANT (by access::plan_of): no text holds a NUL byte; program and arguments[0] exist.
struct spawn_plan {
    std::string program;                                 ///< as written: a path, or a name to be searched
    bool program_is_path = false;                        ///< has a separator: used as it is
    std::vector<std::string> search;                     ///< directories of the child's PATH, when it is a name
    std::vector<std::string> arguments;                  ///< with argv[0]
    std::optional<std::vector<std::string>> environment; ///< "NAME=value", complete; none: ours, unchanged
    std::optional<std::string> directory;                ///< to start in
    std::array<stream_plan, 3> streams;                  ///< 0, 1, 2
    std::vector<native_handle> given;                    ///< as platform::pass_end() made them, in this order
    bool own_group = false;                              ///< Linux: lead a process group
    bool own_control_group = false;                      ///< Linux: and be in a control group, if that can be had
    bool dies_with_us = false;                           ///< killed when this process ends, however that comes
};

} // namespace windpipe

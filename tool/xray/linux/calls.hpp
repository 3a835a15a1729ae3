// calls.hpp - from what /proc/pid/syscall says to what a thread does.
#pragma once

#include "xray/sample.hpp"

#include <string>
#include <string_view>

namespace windpipe_tool::xray {

/// A system call in which a thread is asleep.
struct call {
    activity doing = activity::asleep;
    std::string name{};  ///< empty: not told
    int descriptor = -1; ///< of a read or write
    int second = -1;     ///< splice, tee and sendfile: the descriptor they write to, `descriptor` being read
};

/// From the text of /proc/pid/syscall: the number of the call and its arguments in hexadecimal, "running", or "-1 ..."
/// for a thread that is asleep outside of a call. Source: proc(5).
call parse_call(std::string_view text);

/// From the text of /proc/pid/wchan, the function of the kernel it is asleep in, where the other tells nothing. "0" is
/// said of running threads, and to whom may not know.
activity activity_at(std::string_view place);

} // namespace windpipe_tool::xray

// streams.hpp - the three standard streams of a child, as handles it can inherit.
#pragma once

#include "core/spawn_plan.hpp"

#include <windpipe/error.hpp>

#include <array>
#include <string>
#include <string_view>

namespace windpipe::platform {

/// Duplicates that exist for the time of one CreateProcessW alone: they are inheritable, so a CreateProcess made
/// elsewhere in this process in that time, without a list of handles, takes them too. Nothing here can prevent that.
struct inheritable_streams {
    std::array<unique_handle, 3> owned;  // one may serve two streams: then the other is empty
    std::array<native_handle, 3> stream; // what the child gets, never none
};

result<inheritable_streams> open_streams(const spawn_plan& plan);

/// A duplicate that is inheritable, of whatever it is.
result<unique_handle> inheritable_copy(native_handle handle, std::string_view step);

/// A duplicate of an end or a file that a command holds, for a child. Its run-time takes its handles for synchronous
/// ones: others are refused.
result<unique_handle> inheritable_end(native_handle handle, std::string_view step);

/// Opens a file for a child, or for ourselves. PRE: a source that has a path.
result<unique_handle> open_path(const std::string& name, stream_plan::source how, bool inheritable,
                                std::string_view step);

} // namespace windpipe::platform

// descriptors.hpp - the layer's own descriptors, out of the way of those that are handles.
#pragma once

#include <windpipe/handle.hpp>

namespace windpipe::win32 {

/// Moves a descriptor of the layer's own to a high number, so that handles get the lowest ones, as on Windows.
unique_handle park(unique_handle low) noexcept;

/// A second descriptor of the layer's own. *Returns*: none if there is none left.
unique_handle parked_copy(int descriptor) noexcept;

/// A second descriptor, private, with the lowest free number above the standard streams.
unique_handle duplicate(int descriptor) noexcept;

/// Puts the null device in place of a standard stream: 0, 1 and 2 are never free, or the next file that is opened would
/// be printed to.
void close_stream(int stream) noexcept;

} // namespace windpipe::win32

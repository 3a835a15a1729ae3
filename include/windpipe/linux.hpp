// linux.hpp - what only Linux has.
#pragma once

#if !defined(__linux__)
#error "windpipe/linux.hpp holds what only Linux has; the system-neutral calls are in windpipe/windpipe.hpp"
#endif

#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>

#include <cstddef>

namespace windpipe {

/// Asks for another capacity of an existing pipe.
///
/// *Returns*: the capacity granted: at least `bytes`, rounded up to a power of two of pages.
/// *Errors*: `operation_not_permitted` above `pipe-max-size` or the user's quota, `device_or_resource_busy` when the
/// pipe holds more than that, `not_enough_memory`, `invalid_argument` for more than 2 GiB. The capacity is then as
/// before.
/// *Systems*: Linux only: Windows fixes the quota of a pipe when it is made.
/// *Source*: F_SETPIPE_SZ in fcntl(2).
[[nodiscard]] result<std::size_t> set_capacity(const pipe_writer& end, std::size_t bytes);

} // namespace windpipe

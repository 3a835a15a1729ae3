#include "sys.hpp"

#include "access.hpp"

#include <windpipe/linux.hpp>

#include <climits>

namespace windpipe {

result<std::size_t> set_capacity(const pipe_writer& end, std::size_t bytes) {
    constexpr std::size_t most = static_cast<std::size_t>(INT_MAX) + 1;
    if (bytes > most) {
        return platform::sys::failed("set capacity", EINVAL, std::to_string(bytes) + " bytes; the most is 2 GiB");
    }
    const detail::endpoint::use call(detail::access::endpoint_of(end)); // else close() could give the number away
    if (!call) {
        return std::unexpected(detail::endpoint::closed_error("set capacity"));
    }
    const int granted = platform::sys::fcntl(call.handle(), F_SETPIPE_SZ, static_cast<long>(bytes));
    if (granted == -1) {
        return platform::sys::failed("set capacity", errno, std::to_string(bytes) + " bytes");
    }
    return static_cast<std::size_t>(granted);
}

} // namespace windpipe

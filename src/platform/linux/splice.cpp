#include "descriptors.hpp"
#include "quiet_write.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <array>

namespace windpipe::platform {

namespace {

/// After so much somebody looks whether the call is still wanted.
constexpr std::size_t burst = 1024UL * 1024;

/// Waits for whichever of the two keeps a transfer from going on.
result<void> wait_for_either(int from, int to, interruption& reading, interruption& writing) {
    std::array<pollfd, 2> ends{{{from, POLLIN, 0}, {to, POLLOUT, 0}}};
    const timespec at_once{};
    if (sys::ppoll(ends.data(), ends.size(), &at_once) == -1 && errno != EINTR) {
        return sys::failed("transfer");
    }
    return ends[0].revents == 0 ? wait_for(from, POLLIN, reading, "transfer")
                                : wait_for(to, POLLOUT, writing, "transfer");
}

} // namespace

result<std::optional<std::size_t>> splice_some(native_handle from, native_handle to, std::size_t most,
                                               interruption& reading, interruption& writing) {
    while (true) {
        const ssize_t n = try_splice(from, to, std::min(most, burst));
        if (n >= 0) {
            return static_cast<std::size_t>(n);
        }
        if (errno == EINVAL) {
            return std::nullopt; // both ends are of one pipe
        }
        if (errno != EAGAIN) {
            return sys::failed("transfer");
        }
        if (auto waited = wait_for_either(from, to, reading, writing); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

} // namespace windpipe::platform

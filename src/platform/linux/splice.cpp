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

/// Tries it until it has moved something, or cannot go on.
result<std::optional<std::size_t>> go_on(ssize_t (*attempt)(int, int, std::size_t), int from, int to, std::size_t most,
                                         interruption& reading, interruption& writing) {
    while (true) {
        const ssize_t n = attempt(from, to, std::min(most, burst));
        if (n >= 0) {
            return static_cast<std::size_t>(n);
        }
        // Both ends are of one pipe, or it is a file that cannot do it. Or nobody reads any more, which splice(2) says
        // before it looks whether there is anything to move: copying asks in the right order.
        if (errno == EINVAL || errno == EPIPE) {
            return std::nullopt;
        }
        if (errno != EAGAIN) {
            return sys::failed("transfer");
        }
        if (auto waited = wait_for_either(from, to, reading, writing); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

} // namespace

result<std::optional<std::size_t>> splice_some(native_handle from, native_handle to, std::size_t most,
                                               interruption& reading, interruption& writing) {
    return go_on(try_splice, from, to, most, reading, writing);
}

// tee(2) gives 0 also when the second pipe has been filled by somebody else meanwhile.
result<std::optional<std::size_t>> tee_some(native_handle from, native_handle to, std::size_t most,
                                            interruption& reading, interruption& writing) {
    while (true) {
        auto copied = go_on(try_tee, from, to, most, reading, writing);
        if (!copied || !*copied || **copied > 0) {
            return copied;
        }
        const auto more = wait_readable(from, reading);
        if (!more || !*more) {
            return more ? copied : std::unexpected(more.error());
        }
    }
}

} // namespace windpipe::platform

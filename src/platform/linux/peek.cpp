#include "scratch.hpp"
#include "sys.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

// tee(2) copies references to whole buffers of the source, as many as the scratch pipe has slots, always from the
// start. So the scratch pipe needs as many slots as the source; where the quota refuses that, peek gives less.
result<std::size_t> peek(native_handle reader, std::span<std::byte> into) {
    scratch_pipe* const copy = scratch_pipe::of_this_thread();
    if (copy == nullptr) {
        return sys::failed("peek");
    }
    const int needed = sys::fcntl(reader, F_GETPIPE_SZ);
    if (needed > sys::fcntl(copy->writer(), F_GETPIPE_SZ)) {
        (void)sys::fcntl(copy->writer(), F_SETPIPE_SZ, needed);
    }
    const ssize_t copied = sys::tee(reader, copy->writer(), into.size(), SPLICE_F_NONBLOCK);
    if (copied == -1) {
        return errno == EAGAIN ? result<std::size_t>(0) : sys::failed("peek");
    }
    const auto size = static_cast<std::size_t>(copied);
    if (!copy->take(into.first(size))) {
        return sys::failed("peek");
    }
    return size;
}

} // namespace windpipe::platform

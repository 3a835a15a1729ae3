#include "sys.hpp"

#include "platform/platform.hpp"

#include <system_error>

namespace windpipe::platform {

result<std::thread> start_thread(std::function<void()> body) {
    if (sys::gated("CreateThread")) {
        return sys::failed("start thread");
    }
    try {
        return std::thread(std::move(body));
    } catch (const std::system_error& failed) { // no more threads
        return std::unexpected(error{failed.code(), "start thread"});
    }
}

} // namespace windpipe::platform

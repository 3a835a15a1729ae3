#include "sys.hpp"

#include "platform/platform.hpp"

#include <system_error>

namespace windpipe::platform {

result<std::thread> start_thread(std::function<void()> body) {
    if (const int code = fault("clone"); code != 0) {
        return sys::failed("start thread", code);
    }
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    (void)::pthread_sigmask(SIG_SETMASK, &all, &before); // cannot fail with a valid set
    result<std::thread> started;
    try {
        started = std::thread(std::move(body));
    } catch (const std::system_error& failed) { // no more threads
        started = sys::failed("start thread", failed.code().value());
    }
    (void)::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return started;
}

} // namespace windpipe::platform

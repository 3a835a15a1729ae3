#include "../codes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace windpipe_test::faults {

std::vector<int> usual_codes() { return {EMFILE, ENOMEM, EPERM, EIO}; }

// Those whose man page lists EINTR. That of close(2) does too, but there it means "closed".
bool can_be_interrupted(std::string_view call) {
    static constexpr std::array<std::string_view, 18> calls{
        "open", "openat", "read",   "write", "preadv2",         "epoll_pwait2", "pwritev2", "writev",  "fcntl",
        "dup3", "ppoll",  "waitid", "tee",   "rt_sigtimedwait", "accept4",      "connect",  "sendmsg", "recvmsg"};
    return std::ranges::find(calls, call) != calls.end();
}

int interruption_code() { return EINTR; }

} // namespace windpipe_test::faults

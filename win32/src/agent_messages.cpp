#include "agent_messages.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

constexpr std::size_t most_descriptors = 2;
using control_buffer = std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))>;

} // namespace

socklen_t agent_address(pid_t process, sockaddr_un& address) noexcept {
    address = {};
    address.sun_family = AF_UNIX;
    // The first byte is NUL: a name that is no file, and goes with its socket.
    const int length = std::snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "windpipe-win32/%d", process);
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + static_cast<std::size_t>(length));
}

bool is_trusted(int connection, pid_t process) noexcept {
    ucred peer{};
    socklen_t size = sizeof(peer);
    return ::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid() &&
           (process == 0 || peer.pid == process);
}

bool send_message(int connection, const void* message, std::size_t size, int descriptor, int page) noexcept {
    iovec part{const_cast<void*>(message), size};
    alignas(cmsghdr) control_buffer control{};
    msghdr head{};
    head.msg_iov = &part;
    head.msg_iovlen = 1;
    if (descriptor != -1) {
        const std::array<int, most_descriptors> list{descriptor, page};
        const std::size_t bytes = (page != -1 ? 2 : 1) * sizeof(int);
        head.msg_control = control.data();
        head.msg_controllen = CMSG_SPACE(bytes);
        cmsghdr* const rights = CMSG_FIRSTHDR(&head);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(bytes);
        std::memcpy(CMSG_DATA(rights), list.data(), bytes);
    }
    ssize_t sent = -1;
    do {
        sent = ::sendmsg(connection, &head, MSG_NOSIGNAL);
    } while (sent == -1 && errno == EINTR);
    return sent == static_cast<ssize_t>(size);
}

bool receive_message(int connection, void* message, std::size_t size, carried& with) noexcept {
    iovec part{message, size};
    alignas(cmsghdr) control_buffer control{};
    msghdr head{};
    head.msg_iov = &part;
    head.msg_iovlen = 1;
    head.msg_control = control.data();
    head.msg_controllen = control.size();
    ssize_t got = -1;
    do {
        got = ::recvmsg(connection, &head, MSG_CMSG_CLOEXEC);
    } while (got == -1 && errno == EINTR);
    // Whatever has arrived is ours to close, also of a message that is refused.
    for (cmsghdr* one = got >= 0 ? CMSG_FIRSTHDR(&head) : nullptr; one != nullptr; one = CMSG_NXTHDR(&head, one)) {
        if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const std::size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int descriptor = -1;
            std::memcpy(&descriptor, CMSG_DATA(one) + i * sizeof(int), sizeof(int));
            (with.descriptor ? with.page : with.descriptor).reset(descriptor);
        }
    }
    return got == static_cast<ssize_t>(size) && (head.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
}

} // namespace windpipe::win32

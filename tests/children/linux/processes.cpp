// processes.cpp - a grandchild that holds our streams, and an end received from a stranger.
#include "system.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <unistd.h>

namespace child_system {

unsigned long start_holder(bool own_session, bool for_ever) {
    int told[2] = {-1, -1};
    if (::pipe(told) != 0) {
        exit_with(98);
    }
    const pid_t started = ::fork();
    if (started < 0) {
        exit_with(98);
    }
    if (started > 0) {
        ::close(told[1]);
        char byte = 0;
        while (::read(told[0], &byte, 1) == -1 && errno == EINTR) { // its end: the holder has got so far
        }
        ::close(told[0]);
        return static_cast<unsigned long>(started);
    }
    if (own_session) {
        ::setsid();
    }
    ::close(told[0]);
    ::close(told[1]);
    if (for_ever) {
        block_for_ever();
    }
    wait_for_end(stream::in);
    ::_exit(0);
}

bool receive_end(stream as) {
    char byte = 0;
    iovec piece{.iov_base = &byte, .iov_len = 1};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = space;
    message.msg_controllen = sizeof(space);
    if (::recvmsg(STDIN_FILENO, &message, 0) != 1) {
        return false;
    }
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
        return false;
    }
    int received = -1;
    std::memcpy(&received, CMSG_DATA(header), sizeof(received));
    const int wanted = static_cast<int>(as);
    const bool placed = ::dup2(received, wanted) == wanted;
    ::close(received);
    return placed;
}

} // namespace child_system

#include "xray/linux/socket_peers.hpp"

#include <windpipe/handle.hpp>

#include <array>
#include <cstring>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace windpipe_tool::xray {

namespace {

struct request {
    nlmsghdr head;
    unix_diag_req body;
};

bool ask(int socket) {
    request what{};
    what.head.nlmsg_len = sizeof what;
    what.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    what.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    what.body.sdiag_family = AF_UNIX;
    what.body.udiag_states = ~0U;
    what.body.udiag_show = UDIAG_SHOW_PEER | UDIAG_SHOW_RQLEN;
    return ::send(socket, &what, sizeof what, 0) == static_cast<ssize_t>(sizeof what);
}

void note(const nlmsghdr& head, std::map<std::uint64_t, socket_facts>& found) {
    const auto* const socket = static_cast<const unix_diag_msg*>(NLMSG_DATA(&head));
    socket_facts facts;
    const auto* attribute = reinterpret_cast<const rtattr*>(socket + 1);
    auto left = static_cast<unsigned>(head.nlmsg_len - NLMSG_LENGTH(sizeof *socket));
    while (RTA_OK(attribute, left)) {
        std::uint32_t value = 0;
        std::memcpy(&value, RTA_DATA(attribute), sizeof value); // of a queue: the first of two numbers, what is unread
        if (attribute->rta_type == UNIX_DIAG_PEER) {
            facts.peer = value;
        } else if (attribute->rta_type == UNIX_DIAG_RQLEN) {
            facts.unread = value;
        }
        attribute = RTA_NEXT(attribute, left);
    }
    if (facts.peer != 0) {
        found[socket->udiag_ino] = facts;
    }
}

} // namespace

std::map<std::uint64_t, socket_facts> socket_peers() {
    std::map<std::uint64_t, socket_facts> found;
    const windpipe::unique_handle socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    if (!socket || !ask(socket.get())) {
        return found;
    }
    alignas(nlmsghdr) std::array<char, 32768> answer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
    while (true) {
        const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
        if (size <= 0) {
            return found;
        }
        auto left = static_cast<unsigned>(size);
        for (const auto* head = reinterpret_cast<const nlmsghdr*>(answer.data()); NLMSG_OK(head, left);
             head = NLMSG_NEXT(head, left)) {
            if (head->nlmsg_type == NLMSG_DONE || head->nlmsg_type == NLMSG_ERROR) {
                return found;
            }
            note(*head, found);
        }
    }
}

} // namespace windpipe_tool::xray

#include "descriptors.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace windpipe::platform {

namespace {

/// In the abstract namespace: no file that outlives its process, or stands in a directory somebody may write to.
/// Source: unix(7).
class address {
public:
    explicit address(const std::string& name) {
        const std::string text = "windpipe-offer-" + name;
        const std::size_t size = std::min(text.size(), sizeof name_.sun_path - 1);
        name_.sun_family = AF_UNIX;
        std::memcpy(name_.sun_path + 1, text.data(), size);
        size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
    }
    [[nodiscard]] const sockaddr_un& name() const noexcept { return name_; }
    [[nodiscard]] socklen_t size() const noexcept { return size_; }

private:
    sockaddr_un name_{};
    socklen_t size_ = 0;
};

/// Messages are kept apart by the system. Not blocking: nobody else has these descriptions.
result<unique_handle> make_socket(std::string_view operation) {
    unique_handle made(sys::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!made) {
        return sys::failed(operation);
    }
    return clear_of_standard(std::move(made), operation);
}

/// Who has connected to us, or listened when we connected.
result<ucred> other_side(int channel, std::string_view operation) {
    ucred who{};
    if (sys::getsockopt(channel, SO_PEERCRED, &who, sizeof who) == -1) {
        return sys::failed(operation);
    }
    return who;
}

bool is_this_user(const ucred& who) noexcept { return who.uid == ::geteuid(); }

std::unexpected<error> hung_up(std::string_view operation) {
    return sys::failed(operation, ECONNRESET, "the other process has ended, or given up");
}

/// For what no descriptor tells: looks again after a moment.
result<void> wait_a_moment(interruption& interrupted, std::string_view operation) {
    auto waker = interrupted.arm();
    if (!waker) {
        return std::unexpected(std::move(waker).error());
    }
    if (const auto why = interrupted.why()) {
        return std::unexpected(interruption::gave_up(*why, operation));
    }
    constexpr timespec moment{.tv_sec = 0, .tv_nsec = 10'000'000};
    pollfd watched{(*waker)->handle(), POLLIN, 0};
    if (sys::ppoll(&watched, 1, &moment) > 0) {
        (*waker)->clear();
    }
    return {};
}

} // namespace

// ---- meeting

result<unique_handle> open_meeting(const std::string& name) {
    constexpr int waiting_visitors = 16;
    auto meeting = make_socket("offer");
    if (!meeting) {
        return meeting;
    }
    const address here(name);
    if (sys::bind(meeting->get(), here.name(), here.size()) == -1 ||
        sys::listen(meeting->get(), waiting_visitors) == -1) {
        return sys::failed("offer");
    }
    return meeting;
}

result<conversation> next_visitor(unique_handle& meeting, const std::string& /*name*/, interruption& interrupted) {
    while (true) {
        unique_handle channel(sys::accept4(meeting.get(), SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (channel) {
            const auto who = other_side(channel.get(), "offer");
            if (!who) {
                return std::unexpected(who.error());
            }
            if (is_this_user(*who)) {
                auto clear = clear_of_standard(std::move(channel), "offer");
                return clear ? result<conversation>({std::move(*clear), static_cast<std::uint32_t>(who->pid)})
                             : std::unexpected(std::move(clear).error());
            }
            if (const auto why = interrupted.why()) {
                return std::unexpected(interruption::gave_up(*why, "offer"));
            }
        } else if (errno != EAGAIN) {
            return sys::failed("offer");
        } else if (auto waited = wait_for(meeting.get(), POLLIN, interrupted, "offer"); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

result<conversation> visit(const std::string& name, interruption& interrupted) {
    auto channel = make_socket("redeem");
    if (!channel) {
        return std::unexpected(std::move(channel).error());
    }
    const address there(name);
    while (sys::connect(channel->get(), there.name(), there.size()) == -1) {
        if (errno == ECONNREFUSED) {
            return sys::failed("redeem", ENOENT, "nobody offers this end: it was withdrawn, or its process has ended");
        }
        if (errno != EAGAIN) { // too many wait there
            return sys::failed("redeem");
        }
        if (auto waited = wait_a_moment(interrupted, "redeem"); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
    const auto who = other_side(channel->get(), "redeem");
    if (!who) {
        return std::unexpected(who.error());
    }
    if (!is_this_user(*who)) {
        return sys::failed("redeem", EPERM, "it is offered by another user, " + std::to_string(who->uid));
    }
    return conversation{std::move(*channel), static_cast<std::uint32_t>(who->pid)};
}

// ---- talking

namespace {

/// A message for sendmsg(2) or recvmsg(2), with room for one descriptor.
struct envelope {
    explicit envelope(message& what) noexcept : piece{what.data(), what.size()} {
        head.msg_iov = &piece;
        head.msg_iovlen = 1;
    }
    envelope(const envelope&) = delete;
    envelope& operator=(const envelope&) = delete;

    void put(int fd) noexcept {
        give_room();
        head.msg_controllen = sizeof room;
        cmsghdr* const about = CMSG_FIRSTHDR(&head);
        about->cmsg_level = SOL_SOCKET;
        about->cmsg_type = SCM_RIGHTS;
        about->cmsg_len = CMSG_LEN(sizeof fd);
        std::memcpy(CMSG_DATA(about), &fd, sizeof fd);
    }
    /// Without the room that is left for alignment: it would take a second one.
    void give_room() noexcept {
        head.msg_control = room.data();
        head.msg_controllen = CMSG_LEN(sizeof(int));
    }
    [[nodiscard]] unique_handle take() noexcept {
        int fd = no_handle;
        const cmsghdr* const about = CMSG_FIRSTHDR(&head);
        if (about != nullptr && about->cmsg_level == SOL_SOCKET && about->cmsg_type == SCM_RIGHTS) {
            std::memcpy(&fd, CMSG_DATA(about), sizeof fd);
        }
        return unique_handle(fd);
    }

    msghdr head{};
    iovec piece;
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> room{};
};

} // namespace

result<void> say(const conversation& with, message what, native_handle end, interruption& interrupted) {
    envelope sent(what);
    if (end != no_handle) {
        sent.put(end);
    }
    while (sys::sendmsg(with.channel.get(), &sent.head, MSG_NOSIGNAL) == -1) {
        if (errno == EPIPE || errno == ECONNRESET) {
            return hung_up("send");
        }
        if (errno != EAGAIN) {
            return sys::failed("send");
        }
        if (auto waited = wait_for(with.channel.get(), POLLOUT, interrupted, "send"); !waited) {
            return waited;
        }
    }
    return {};
}

result<heard> listen(const conversation& with, interruption& interrupted) {
    heard said;
    while (true) {
        envelope got(said.what);
        got.give_room();
        const ssize_t size = sys::recvmsg(with.channel.get(), &got.head, MSG_CMSG_CLOEXEC);
        if (size == 0 || (size == -1 && errno == ECONNRESET)) {
            return hung_up("receive");
        }
        if (size == -1 && errno != EAGAIN) {
            return sys::failed("receive");
        }
        if (size == -1) {
            if (auto waited = wait_for(with.channel.get(), POLLIN, interrupted, "receive"); !waited) {
                return std::unexpected(std::move(waited).error());
            }
            continue;
        }
        said.end = got.take();
        if (static_cast<std::size_t>(size) != said.what.size() || (got.head.msg_flags & MSG_TRUNC) != 0) {
            return sys::failed("receive", EPROTO, "the other process does not talk as windpipe does");
        }
        if (!said.end && (got.head.msg_flags & MSG_CTRUNC) != 0) { // the system could not give it a number
            return sys::failed("receive", EMFILE);
        }
        if (said.end) {
            auto clear = clear_of_standard(std::move(said.end), "receive");
            if (!clear) {
                return std::unexpected(std::move(clear).error());
            }
            said.end = std::move(*clear);
        }
        return said;
    }
}

} // namespace windpipe::platform

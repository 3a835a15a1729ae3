#include "xray/linux/socket_peers.hpp"
#include "xray/system.hpp"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace windpipe_tool::xray {

namespace {

/// While it lives, nothing that people do at a terminal stops this thread: an end that it holds would be held for as
/// long, and the end of a stream be late.
class unstoppable {
public:
    unstoppable() {
        sigset_t stops;
        sigemptyset(&stops);
        for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU}) {
            sigaddset(&stops, signal);
        }
        pthread_sigmask(SIG_BLOCK, &stops, &before_);
    }
    ~unstoppable() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    unstoppable(const unstoppable&) = delete;
    unstoppable& operator=(const unstoppable&) = delete;

private:
    sigset_t before_{};
};

channel_sample ask(int write_end) {
    channel_sample seen;
    int unread = 0;
    if (::ioctl(write_end, FIONREAD, &unread) == 0) {
        seen.unread = static_cast<std::uint64_t>(unread);
    }
    if (const int capacity = ::fcntl(write_end, F_GETPIPE_SZ); capacity > 0) {
        seen.capacity = static_cast<std::uint64_t>(capacity);
    }
    pollfd state{write_end, POLLOUT, 0};
    if (::poll(&state, 1, 0) >= 0) {
        seen.full = (state.revents & POLLOUT) == 0;
        seen.abandoned = (state.revents & POLLERR) != 0;
    }
    return seen;
}

bool is_the_one(int reference, const channel_id& channel) {
    struct stat facts = {};
    return ::fstat(reference, &facts) == 0 && S_ISFIFO(facts.st_mode) && facts.st_ino == channel.inode &&
           (channel.kind == channel_kind::pipe || facts.st_dev == channel.device);
}

/// A copy of the descriptor of another process: for a fifo, where opening it by its name could wake somebody who waits
/// for a writer to come.
windpipe::unique_handle copy_of(process_id process, int descriptor) {
    const windpipe::unique_handle held(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    return windpipe::unique_handle(held ? static_cast<int>(::syscall(SYS_pidfd_getfd, held.get(), descriptor, 0))
                                        : windpipe::no_handle);
}

} // namespace

probe::probe(process_id process, const open_end& end) : kind_(end.channel.kind), process_(process), end_(end) {
    if (kind_ != channel_kind::pipe) {
        return;
    }
    // A reference (O_PATH) is no end: it delays neither the end of the stream nor a broken pipe. Source: open(2).
    const std::string path = "/proc/" + std::to_string(process) + "/fd/" + std::to_string(end.descriptor);
    windpipe::unique_handle reference(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (reference && is_the_one(reference.get(), end.channel)) {
        reference_ = std::move(reference);
    }
}

bool probe::can_look() const {
    // A copy of the read end of a fifo could let somebody write to nobody.
    return kind_ == channel_kind::socket || (kind_ == channel_kind::fifo ? end_.writes : static_cast<bool>(reference_));
}

channel_sample probe::look() const {
    if (!can_look()) {
        return {};
    }
    if (kind_ == channel_kind::socket) {
        const auto sockets = socket_peers();
        const auto found = sockets.find(end_.channel.inode);
        return found != sockets.end() ? channel_sample{.unread = found->second.unread} : channel_sample{};
    }
    const unstoppable now;
    if (kind_ == channel_kind::fifo) {
        const windpipe::unique_handle copy = copy_of(process_, end_.descriptor);
        return copy && is_the_one(copy.get(), end_.channel) ? ask(copy.get()) : channel_sample{};
    }
    // Write-only, never read-only: with a read end of ours, a writer without readers would go on as if it had one.
    const std::string path = "/proc/self/fd/" + std::to_string(reference_.get());
    const windpipe::unique_handle write_end(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    return write_end ? ask(write_end.get()) : channel_sample{};
}

} // namespace windpipe_tool::xray

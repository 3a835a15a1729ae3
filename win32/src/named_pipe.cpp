#include "named_pipe.hpp"

#include "agent_messages.hpp"
#include "descriptors.hpp"
#include "last_error.hpp"
#include "named_pipe_names.hpp"
#include "named_pipe_server.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/sockios.h>
#include <mutex>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace windpipe::win32 {

namespace {

/// Tells a client that it is disconnected, see was_left(): that lasts as long as the client is there.
void leave(unique_handle client) {
    struct all {
        std::mutex guard;
        std::vector<unique_handle> left;
    };
    static auto* const known = new all;
    (void)::shutdown(client.get(), SHUT_RD);
    (void)::send(client.get(), "", 1, MSG_DONTWAIT | MSG_NOSIGNAL); // wakes a call that waits to read
    const std::lock_guard lock(known->guard);
    std::erase_if(known->left, [](const unique_handle& each) {
        pollfd one{each.get(), 0, 0};
        return ::poll(&one, 1, 0) == 1;
    });
    known->left.push_back(std::move(client));
}

} // namespace

named_pipe::named_pipe(unique_handle connection, ACCESS_MASK access) noexcept
    : entry(kind::named_pipe, std::move(connection), access) {}

named_pipe::named_pipe(unique_handle listening, ACCESS_MASK access, std::shared_ptr<named_pipe_server> server) noexcept
    : entry(kind::named_pipe, std::move(listening), access), server_(std::move(server)), is_(condition::listening) {}

named_pipe::~named_pipe() {
    if (server_ != nullptr) {
        forget_instance(server_, *this);
    }
}

std::unique_ptr<entry> named_pipe::copy(unique_handle descriptor) const {
    // A copy of an instance is for its connection alone: one that could connect again would need a socket of its own.
    return is_ == condition::connected ? std::make_unique<named_pipe>(std::move(descriptor), access()) : nullptr;
}

bool named_pipe::has_other_end() const noexcept {
    pollfd one{descriptor(), 0, 0};
    return ::poll(&one, 1, 0) == 0;
}

/// Whether the server has disconnected us: it does not read any more, and yet its socket is there.
bool named_pipe::was_left() const noexcept {
    return has_other_end() && ::send(descriptor(), "", 0, MSG_DONTWAIT | MSG_NOSIGNAL) == -1 && errno == EPIPE;
}

DWORD named_pipe::trouble() noexcept {
    if (server_ == nullptr) {
        return was_left() ? ERROR_PIPE_NOT_CONNECTED : 0;
    }
    if (is_ == condition::listening) {
        server_->settle();
    }
    switch (is_) {
    case condition::listening:
        return ERROR_PIPE_LISTENING;
    case condition::disconnected:
        return ERROR_PIPE_NOT_CONNECTED;
    default:
        return 0;
    }
}

DWORD named_pipe::await(blocked& call, short events) const {
    while (call.why() == 0) {
        if (call.poll_for(descriptor(), events) != 0) {
            return 0;
        }
    }
    return call.why();
}

transfer_outcome named_pipe::read(void* into, DWORD count) {
    if (const DWORD code = trouble(); code != 0) {
        return {code, 0};
    }
    if (count != 0 && into == nullptr) {
        return {ERROR_NOACCESS, 0};
    }
    while (true) {
        char unused = 0;
        // A read of nothing waits for data as any other.
        const ssize_t got = count != 0 ? ::recv(descriptor(), into, count, MSG_DONTWAIT)
                                       : ::recv(descriptor(), &unused, 1, MSG_DONTWAIT | MSG_PEEK);
        if (const int code = errno; got >= 0 || code != EAGAIN) {
            if (const DWORD left = trouble(); left != 0) { // what came with it is nobody's
                return {left, 0};
            }
            errno = code;
        }
        if (got > 0) {
            return {0, count != 0 ? static_cast<DWORD>(got) : 0};
        }
        if (got == 0 || errno == ECONNRESET) {
            return {ERROR_BROKEN_PIPE, 0};
        }
        if (errno != EAGAIN && errno != EINTR) {
            return {error_of(errno), 0};
        }
        blocked call(*this);
        if (const DWORD why = await(call, POLLIN); why != 0) {
            return {why, 0};
        }
    }
}

transfer_outcome named_pipe::write(const void* bytes, DWORD count) {
    if (const DWORD code = trouble(); code != 0) {
        return {code, 0};
    }
    if (count != 0 && bytes == nullptr) {
        return {ERROR_NOACCESS, 0};
    }
    if (count == 0) {
        return {has_other_end() ? DWORD{NO_ERROR} : DWORD{ERROR_NO_DATA}, 0};
    }
    bool has_waited = false;
    for (DWORD done = 0; done < count;) {
        const ssize_t sent =
            ::send(descriptor(), static_cast<const char*>(bytes) + done, count - done, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            done += static_cast<DWORD>(sent);
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) {
            if (const DWORD left = trouble(); left != 0) {
                return {left, 0};
            }
            return {has_waited ? DWORD{ERROR_BROKEN_PIPE} : DWORD{ERROR_NO_DATA}, 0};
        }
        if (errno != EAGAIN && errno != EINTR) {
            return {error_of(errno), 0};
        }
        blocked call(*this);
        has_waited = true;
        if (const DWORD why = await(call, POLLOUT); why != 0) {
            return {why, 0};
        }
    }
    return {0, count};
}

DWORD named_pipe::flush() {
    if (const DWORD code = trouble(); code != 0) {
        return server_ != nullptr ? 0 : code; // without a client there is nothing to be read
    }
    blocked call(*this);
    int unread = 0;
    while (::ioctl(descriptor(), SIOCOUTQ, &unread) == 0 && unread > 0) { // nothing tells when it has been read
        if ((call.poll_for(descriptor(), 0, 1) & (POLLHUP | POLLERR)) != 0) {
            return ERROR_BROKEN_PIPE;
        }
        if (call.why() != 0) {
            return call.why();
        }
    }
    return 0;
}

DWORD named_pipe::peek(void* into, DWORD size, DWORD& copied, DWORD& total) {
    if (const DWORD code = trouble(); code != 0) {
        return server_ != nullptr ? DWORD{ERROR_BAD_PIPE} : code;
    }
    int available = 0;
    (void)::ioctl(descriptor(), FIONREAD, &available);
    if (available == 0) {
        pollfd one{descriptor(), POLLIN, 0};
        if (::poll(&one, 1, 0) == 1 && (one.revents & POLLHUP) != 0) {
            return ERROR_BROKEN_PIPE;
        }
    }
    const ssize_t got = into != nullptr && size != 0 ? ::recv(descriptor(), into, size, MSG_DONTWAIT | MSG_PEEK) : 0;
    copied = got > 0 ? static_cast<DWORD>(got) : 0;
    total = static_cast<DWORD>(available);
    return 0;
}

DWORD named_pipe::connect() {
    if (server_ == nullptr) {
        return ERROR_INVALID_FUNCTION;
    }
    const bool was_there = trouble() == 0;
    if (was_there) {
        return has_other_end() ? ERROR_PIPE_CONNECTED : ERROR_NO_DATA; // its client has gone: disconnect first
    }
    condition disconnected = condition::disconnected;
    if (is_.compare_exchange_strong(disconnected, condition::listening)) {
        server_->listen(*this);
    }
    blocked call(*this);
    while (is_ != condition::connected && call.why() == 0) {
        (void)call.poll_for(server_->listening.get(), POLLIN);
        server_->settle();
    }
    return is_ == condition::connected ? 0 : call.why();
}

void named_pipe::take(unique_handle client) noexcept {
    // The handle keeps its number: the socket that listened at it is held by the server.
    (void)::dup3(client.get(), descriptor(), O_CLOEXEC);
    is_ = condition::connected;
    (void)interrupt(ERROR_PIPE_CONNECTED); // the call of connect() may not see what another one has taken
}

DWORD named_pipe::disconnect() {
    if (server_ == nullptr) {
        return ERROR_INVALID_FUNCTION;
    }
    if (const DWORD code = trouble(); code != 0) {
        return code;
    }
    is_ = condition::disconnected;
    leave(park(duplicate(descriptor())));
    (void)::dup3(server_->listening.get(), descriptor(), O_CLOEXEC);
    return 0;
}

std::unique_ptr<entry> open_named_pipe(const std::string& name, ACCESS_MASK access) {
    if (const auto server = find_server(name); server != nullptr && !server->allows(access)) {
        fail(ERROR_ACCESS_DENIED); // of another process it is not known
        return nullptr;
    }
    unique_handle made = connect_to(name);
    if (!made) {
        fail(errno == EAGAIN         ? DWORD{ERROR_PIPE_BUSY}
             : errno == ECONNREFUSED ? DWORD{ERROR_FILE_NOT_FOUND}
                                     : error_of(errno));
        return nullptr;
    }
    if (!is_trusted(made.get())) {
        fail(ERROR_ACCESS_DENIED);
        return nullptr;
    }
    return std::make_unique<named_pipe>(std::move(made), access);
}

} // namespace windpipe::win32

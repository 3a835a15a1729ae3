#include "named_pipe.hpp"

#include "agent_messages.hpp"
#include "descriptors.hpp"
#include "last_error.hpp"
#include "named_pipe_names.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace windpipe::win32 {

named_pipe::named_pipe(unique_handle connection, ACCESS_MASK access) noexcept
    : entry(kind::named_pipe, std::move(connection), access) {}

named_pipe::named_pipe(unique_handle listening, ACCESS_MASK access, std::shared_ptr<named_pipe_server> server) noexcept
    : entry(kind::named_pipe, std::move(listening), access), server_(std::move(server)), is_(condition::listening) {}

named_pipe::~named_pipe() {
    if (server_ != nullptr) {
        forget_instance(server_);
    }
}

std::unique_ptr<entry> named_pipe::copy(unique_handle descriptor) const {
    // A copy of an instance is for its connection alone: one that could connect again would need a socket of its own.
    return is_ == condition::connected ? std::make_unique<named_pipe>(std::move(descriptor), access()) : nullptr;
}

DWORD named_pipe::trouble() const noexcept {
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
        return {code == ERROR_PIPE_LISTENING ? code : DWORD{ERROR_PIPE_NOT_CONNECTED}, 0};
    }
    if (count != 0 && into == nullptr) {
        return {ERROR_NOACCESS, 0};
    }
    while (true) {
        char unused = 0;
        // A read of nothing waits for data as any other.
        const ssize_t got = count != 0 ? ::recv(descriptor(), into, count, MSG_DONTWAIT)
                                       : ::recv(descriptor(), &unused, 1, MSG_DONTWAIT | MSG_PEEK);
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
    bool has_waited = false;
    for (DWORD done = 0; done < count;) {
        const ssize_t sent =
            ::send(descriptor(), static_cast<const char*>(bytes) + done, count - done, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            done += static_cast<DWORD>(sent);
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) {
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
        return code;
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
        return code == ERROR_PIPE_LISTENING ? DWORD{ERROR_BAD_PIPE} : code;
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
    if (is_ == condition::connected) {
        pollfd one{descriptor(), 0, 0};
        return ::poll(&one, 1, 0) == 1 ? ERROR_NO_DATA : ERROR_PIPE_CONNECTED; // its client has gone: disconnect first
    }
    is_ = condition::listening;
    bool has_waited = false;
    while (true) {
        const unique_handle made =
            park(unique_handle(::accept4(server_->listening.get(), nullptr, nullptr, SOCK_CLOEXEC)));
        if (made && !is_trusted(made.get())) {
            continue;
        }
        if (made) {
            // The handle keeps its number: the socket that listened at it is held by the server.
            if (::dup3(made.get(), descriptor(), O_CLOEXEC) == -1) {
                return error_of(errno);
            }
            is_ = condition::connected;
            return has_waited ? 0 : ERROR_PIPE_CONNECTED;
        }
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
            return error_of(errno);
        }
        has_waited = true;
        blocked call(*this);
        while (call.why() == 0 && call.poll_for(server_->listening.get(), POLLIN) == 0) {
        }
        if (call.why() != 0) {
            return call.why();
        }
    }
}

DWORD named_pipe::disconnect() {
    if (server_ == nullptr) {
        return ERROR_INVALID_FUNCTION;
    }
    if (is_.exchange(condition::disconnected) == condition::connected) {
        (void)::shutdown(descriptor(), SHUT_RDWR); // copies of it are cut off, too
        (void)::dup3(server_->listening.get(), descriptor(), O_CLOEXEC);
    }
    return 0;
}

std::string pipe_name(const std::string& path) {
    const std::string plain = [&] {
        std::string text(path);
        std::ranges::replace(text, '/', '\\');
        return text;
    }();
    constexpr std::string_view prefix = "\\\\.\\pipe\\";
    if (plain.size() <= prefix.size() || ::strncasecmp(plain.c_str(), prefix.data(), prefix.size()) != 0) {
        return {};
    }
    std::string name = plain.substr(prefix.size());
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return name;
}

std::unique_ptr<entry> open_named_pipe(const std::string& name, ACCESS_MASK access) {
    unique_handle made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    const socklen_t size = pipe_address(name, address);
    if (!made || size == 0) {
        fail(made ? DWORD{ERROR_INVALID_NAME} : error_of(errno));
        return nullptr;
    }
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
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

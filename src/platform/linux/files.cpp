#include "descriptors.hpp"
#include "quiet_write.hpp"

#include "platform/platform.hpp"

namespace windpipe::platform {

namespace {

using kind = transfer_side::kind;

std::unexpected<error> refused(int fd, std::string_view why, int code) {
    return sys::failed("transfer", code, "descriptor " + std::to_string(fd) + " " + std::string(why));
}

/// Of the others, splice(2) waits in the kernel, out of reach, whatever it is told: only a socket's own O_NONBLOCK
/// keeps it from that, and who else has the socket decides about it.
result<transfer_side> socket_side(int fd, int flags) {
    int type = 0;
    if (sys::getsockopt(fd, SO_TYPE, &type) == -1) {
        return sys::failed("transfer");
    }
    if (type != SOCK_STREAM) {
        return refused(fd, "is a socket for messages, not for a stream", EOPNOTSUPP);
    }
    return transfer_side{.handle = fd, .what = kind::socket, .splices = (flags & O_NONBLOCK) != 0};
}

} // namespace

result<unique_handle> open_file(const std::string& path, stream_plan::source how) {
    unique_handle file(sys::open(path.c_str(), file_flags(how) | O_CLOEXEC | O_NOCTTY, by_umask));
    return file ? clear_of_standard(std::move(file), open_file_step) : sys::failed(open_file_step, errno, path);
}

result<transfer_side> side_of(native_handle handle, direction way) {
    const int flags = sys::fcntl(handle, F_GETFL);
    if (flags == -1) {
        return sys::failed("transfer", errno, "descriptor " + std::to_string(handle));
    }
    const int access = flags & O_ACCMODE;
    if ((flags & O_PATH) != 0 || (access != O_RDWR && access != (way == direction::read ? O_RDONLY : O_WRONLY))) {
        return refused(handle, way == direction::read ? "is not open for reading" : "is not open for writing", EINVAL);
    }
    struct stat about{};
    if (sys::fstat(handle, &about) == -1) {
        return sys::failed("transfer");
    }
    if (S_ISFIFO(about.st_mode)) {
        return transfer_side{.handle = handle};
    }
    if (S_ISSOCK(about.st_mode)) {
        return socket_side(handle, flags);
    }
    if (S_ISREG(about.st_mode) || S_ISBLK(about.st_mode) || S_ISDIR(about.st_mode) ||
        (S_ISCHR(about.st_mode) && way == direction::write)) {
        return transfer_side{.handle = handle, .what = kind::file};
    }
    return refused(handle, "is neither a file nor a socket", EOPNOTSUPP);
}

result<std::size_t> look(const transfer_side& from, std::span<std::byte> into, interruption& interrupted) {
    while (true) {
        const ssize_t n = from.what == kind::socket
                              ? sys::recv(from.handle, into.data(), into.size(), MSG_PEEK | MSG_DONTWAIT)
                              : sys::read(from.handle, into.data(), into.size());
        if (n >= 0) {
            return static_cast<std::size_t>(n);
        }
        if (errno != EAGAIN) {
            return sys::failed("read");
        }
        if (auto waited = wait_for(from.handle, POLLIN, interrupted, "read"); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

result<void> take(const transfer_side& from, std::span<std::byte> seen, std::size_t count) {
    if (from.what == kind::file) {
        const auto too_far = static_cast<off_t>(seen.size() - count);
        return too_far == 0 || sys::lseek(from.handle, -too_far, SEEK_CUR) != -1 ? result<void>{} : sys::failed("read");
    }
    for (std::size_t taken = 0; taken < count;) {
        const ssize_t n = sys::recv(from.handle, seen.data(), count - taken, MSG_DONTWAIT);
        if (n <= 0) {
            return sys::failed("read", n == 0 ? EIO : errno); // somebody else has read from it meanwhile
        }
        taken += static_cast<std::size_t>(n);
    }
    return {};
}

result<std::size_t> put(const transfer_side& to, const_buffer bytes, interruption& interrupted) {
    const iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()}; // only read from
    while (true) {
        const ssize_t n = to.what == kind::socket
                              ? sys::send(to.handle, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT)
                              : blocking_write(to.handle, &piece, 1);
        if (n >= 0) {
            return static_cast<std::size_t>(n);
        }
        if (errno != EAGAIN) {
            return sys::failed("write");
        }
        if (auto waited = wait_for(to.handle, POLLOUT, interrupted, "write"); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

} // namespace windpipe::platform

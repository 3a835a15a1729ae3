#include "file.hpp"

#include "last_error.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace windpipe::win32 {

namespace {

bool goes_to(int descriptor, const OVERLAPPED* at) {
    if (at == nullptr) {
        return true;
    }
    const auto offset = static_cast<off_t>((static_cast<std::uint64_t>(at->OffsetHigh) << 32U) | at->Offset);
    return ::lseek(descriptor, offset, SEEK_SET) != -1;
}

} // namespace

file::~file() {
    if (!removed_on_close_.empty()) {
        (void)::unlink(removed_on_close_.c_str());
    }
}

DWORD file::type() const noexcept {
    struct stat about{};
    if (::fstat(descriptor(), &about) != 0) {
        return FILE_TYPE_UNKNOWN;
    }
    if (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode) || S_ISBLK(about.st_mode)) {
        return FILE_TYPE_DISK;
    }
    return S_ISCHR(about.st_mode) ? FILE_TYPE_CHAR : FILE_TYPE_PIPE;
}

bool file::is_signaled() noexcept { return type() != FILE_TYPE_CHAR || entry::is_signaled(); }

std::unique_ptr<entry> file::copy(unique_handle descriptor) const {
    return std::make_unique<file>(std::move(descriptor), access());
}

DWORD file::await(short events) {
    if (type() == FILE_TYPE_DISK) {
        return 0;
    }
    pollfd one{descriptor(), events, 0};
    if (::poll(&one, 1, 0) != 0) {
        return 0;
    }
    blocked call(*this);
    while (call.why() == 0 && call.poll_for(descriptor(), events) == 0) {
    }
    return call.why();
}

transfer_outcome file::read(void* into, DWORD count, const OVERLAPPED* at) {
    if (count != 0 && into == nullptr) {
        return {ERROR_NOACCESS, 0};
    }
    const bool on_disk = type() == FILE_TYPE_DISK;
    if (on_disk && !goes_to(descriptor(), at)) {
        return {error_of(errno), 0};
    }
    while (true) {
        if (const DWORD why = await(POLLIN); why != 0) {
            return {why, 0};
        }
        const ssize_t done = ::read(descriptor(), into, count);
        if (done >= 0) {
            // Only a read that says where it begins is told that this is behind the end.
            const bool behind = done == 0 && count != 0 && on_disk && at != nullptr;
            return {behind ? DWORD{ERROR_HANDLE_EOF} : 0, static_cast<DWORD>(done)};
        }
        if (errno != EINTR && errno != EAGAIN) {
            return {error_of(errno), 0};
        }
    }
}

transfer_outcome file::write(const void* bytes, DWORD count, const OVERLAPPED* at) {
    if (count != 0 && bytes == nullptr) {
        return {ERROR_NOACCESS, 0};
    }
    const DWORD kind_of_file = type();
    if (kind_of_file == FILE_TYPE_DISK && !goes_to(descriptor(), at)) {
        return {error_of(errno), 0};
    }
    const auto* const begin = static_cast<const char*>(bytes);
    DWORD sum = 0;
    while (sum < count) {
        if (const DWORD why = await(POLLOUT); why != 0) {
            return {why, sum};
        }
        // A socket as a standard stream raises SIGPIPE as a pipe does, but knows how not to.
        const ssize_t done = kind_of_file == FILE_TYPE_PIPE
                                 ? ::send(descriptor(), begin + sum, count - sum, MSG_NOSIGNAL)
                                 : ::write(descriptor(), begin + sum, count - sum);
        if (done >= 0) {
            sum += static_cast<DWORD>(done);
        } else if (errno != EINTR && errno != EAGAIN) {
            return {error_of(errno), sum};
        }
    }
    return {0, sum};
}

} // namespace windpipe::win32

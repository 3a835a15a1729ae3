#include "descriptors.hpp"

#include <algorithm>
#include <array>
#include <sys/single_threaded.h>

namespace windpipe {

// The descriptor is gone whatever close(2) says; a retry could hit somebody else's.
void detail::close_native(native_handle handle) noexcept { (void)platform::sys::close(handle); }

namespace platform {

result<unique_handle> private_copy(int fd, std::string_view operation) {
    const int copy = sys::fcntl(fd, F_DUPFD_CLOEXEC, first_own_descriptor);
    if (copy == -1) {
        return sys::failed(operation);
    }
    return unique_handle(copy);
}

result<unique_handle> clear_of_standard(unique_handle fd, std::string_view operation) {
    if (fd.get() >= first_own_descriptor) {
        return fd;
    }
    return private_copy(fd.get(), operation);
}

const timespec* timeout_until(const deadline& until, timespec& storage) {
    if (until.is_never()) {
        return nullptr;
    }
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(until.left()).count();
    storage.tv_sec = left / 1'000'000'000;
    storage.tv_nsec = left % 1'000'000'000;
    return &storage;
}

int file_flags(stream_plan::source how) noexcept {
    switch (how) {
    case stream_plan::source::read_file:
        return O_RDONLY;
    case stream_plan::source::write_file:
        return O_WRONLY | O_CREAT | O_TRUNC;
    default:
        return O_WRONLY | O_CREAT | O_APPEND;
    }
}

bool cannot_be_called_off(const interruption& interrupted) {
    return interrupted.unlimited() && __libc_single_threaded != 0 && interrupted.deadlock() == deadlock_watch::none;
}

result<void> wait_for(int fd, short events, interruption& interrupted, std::string_view operation,
                      const deadline& latest) {
    if (const auto why = interrupted.why()) { // asked first: with a passed deadline no waker is needed
        return std::unexpected(interruption::gave_up(*why, operation));
    }
    auto waker = interrupted.arm();
    if (!waker) {
        return std::unexpected(std::move(waker).error());
    }
    if (const auto why = interrupted.why()) {
        return std::unexpected(interruption::gave_up(*why, operation));
    }
    std::array<pollfd, 2> watched{{{fd, events, 0}, {(*waker)->handle(), POLLIN, 0}}};
    timespec storage{};
    const deadline& until = std::min(interrupted.until(), latest);
    const bool counts = interrupted.counts();
    const auto start = counts ? deadline::clock::now() : deadline::clock::time_point();
    const int ready = sys::ppoll(watched.data(), watched.size(), timeout_until(until, storage));
    if (ready == -1 && errno != EINTR) {
        return sys::failed(operation);
    }
    if (counts) {
        interrupted.waited(deadline::clock::now() - start);
    }
    if (ready > 0 && watched[1].revents != 0) {
        (*waker)->clear();
    }
    return {};
}

} // namespace platform

} // namespace windpipe

#include "deadlock.hpp"
#include "descriptors.hpp"
#include "quiet_write.hpp"
#include "spin.hpp"

#include "core/cutting.hpp"
#include "core/pacing.hpp"
#include "platform/platform.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

namespace windpipe::platform {

namespace {

/// Grows a new pipe as far as the user's quota allows. Only a size no pipe can have, or no memory, is an error.
result<void> grow(int fd, std::size_t capacity) {
    if (capacity > INT_MAX) {
        return sys::failed("set capacity", EINVAL, std::to_string(capacity) + " bytes; a pipe holds at most 2 GiB");
    }
    const int granted = sys::fcntl(fd, F_GETPIPE_SZ);
    for (std::size_t wish = capacity; static_cast<int>(wish) != granted; wish /= 2) {
        if (sys::fcntl(fd, F_SETPIPE_SZ, static_cast<long>(wish)) != -1) {
            break;
        }
        if (errno != EPERM) {
            return sys::failed("set capacity");
        }
        if (static_cast<int>(wish) < granted) {
            break; // even less than the system gave by itself is refused
        }
    }
    return {};
}

/// Waits until the transfer can be tried again, by looking again for a moment, then by sleeping; tries it, and so on.
template <class Attempt>
[[gnu::noinline]] result<std::size_t> wait_and_transfer(int fd, short events, interruption& interrupted, bool may_block,
                                                        std::string_view operation, const Attempt& attempt) {
    pacing* const pace = interrupted.pace();
    bool may_spin = pace != nullptr && pace->worth_spinning();
    deadlock_search deadlock(events == POLLOUT ? interrupted.deadlock() : deadlock_watch::none);
    while (true) {
        ssize_t n = -1;
        errno = EAGAIN;
        if (std::exchange(may_spin, false) && !interrupted.why()) {
            spin(*pace, [&](int /*look*/) {
                n = attempt(false);
                return n != -1 || errno != EAGAIN;
            });
        }
        if (n == -1 && errno == EAGAIN) {
            const auto start = deadline::clock::now();
            if (!may_block) {
                if (auto waited = wait_for(fd, events, interrupted, operation, deadlock.next()); !waited) {
                    return std::unexpected(std::move(waited).error());
                }
            }
            const bool stuck = deadlock.is_found_to_be(fd);
            n = attempt(may_block); // the last word: before they all stood still, somebody may have read
            if (stuck && n == -1 && errno == EAGAIN) {
                return std::unexpected(deadlock.failure(operation));
            }
            const int code = errno;
            const auto time = deadline::clock::now() - start;
            if (pace != nullptr) {
                pace->slept(time);
            }
            if (may_block) { // else wait_for() has counted it
                interrupted.waited(time);
            }
            errno = code;
        }
        if (n >= 0) {
            return static_cast<std::size_t>(n);
        }
        if (errno != EAGAIN) {
            return sys::failed(operation);
        }
    }
}

/// Reads or writes: at once if possible, else when it is. `whole`: it may wait in the system for the whole transfer,
/// where nothing else can end the wait; an end out of step does so at once.
template <class Attempt>
result<std::size_t> transfer(int fd, short events, interruption& interrupted, bool whole, std::string_view operation,
                             const Attempt& attempt) {
    pacing* const pace = interrupted.pace();
    const bool in_step = pace != nullptr && pace->in_step();
    const bool may_block = whole && !in_step && cannot_be_called_off(interrupted);
    const bool counts = interrupted.counts(); // then what waits is measured below
    if (may_block || pace == nullptr || !pace->will_sleep() || !interrupted.unlimited() || counts) {
        const ssize_t n = attempt(may_block && !counts && (pace == nullptr || !pace->spin_is_due()));
        if (n >= 0) {
            return static_cast<std::size_t>(n);
        }
        if (errno != EAGAIN) {
            return sys::failed(operation);
        }
    }
    return wait_and_transfer(fd, events, interrupted, whole && cannot_be_called_off(interrupted), operation, attempt);
}

} // namespace

result<raw_pipe> create_pipe(std::size_t capacity, local_end /*local*/) {
    std::array<int, 2> fds{};
    if (sys::pipe2(fds.data(), O_CLOEXEC) == -1) {
        return sys::failed("make pipe");
    }
    unique_handle writer(fds[1]);
    auto reader = clear_of_standard(unique_handle(fds[0]), "make pipe");
    if (!reader) {
        return std::unexpected(std::move(reader).error());
    }
    auto clear_writer = clear_of_standard(std::move(writer), "make pipe");
    if (!clear_writer) {
        return std::unexpected(std::move(clear_writer).error());
    }
    if (capacity != 0) {
        if (auto grown = grow(reader->get(), capacity); !grown) {
            return std::unexpected(std::move(grown).error());
        }
    }
    return raw_pipe{std::move(*reader), std::move(*clear_writer)};
}

namespace {

result<void> verify_end(native_handle handle, direction way) {
    const int flags = sys::fcntl(handle, F_GETFL);
    if (flags == -1) {
        return sys::failed("adopt", errno, "descriptor " + std::to_string(handle));
    }
    struct stat about{};
    if (sys::fstat(handle, &about) == -1) {
        return sys::failed("adopt");
    }
    if (!S_ISFIFO(about.st_mode)) {
        return sys::failed("adopt", EINVAL, "descriptor " + std::to_string(handle) + " is not a pipe");
    }
    const int access = flags & O_ACCMODE;
    const int needed = way == direction::read ? O_RDONLY : O_WRONLY;
    if ((flags & O_PATH) != 0 || (access != O_RDWR && access != needed)) {
        return sys::failed("adopt", EINVAL,
                           "descriptor " + std::to_string(handle) + " is not the " +
                               (way == direction::read ? "read" : "write") + " end of a pipe");
    }
    return {};
}

} // namespace

result<void> check_end(native_handle handle, direction way) {
    auto verified = verify_end(handle, way);
    if (verified && sys::fcntl(handle, F_SETFD, FD_CLOEXEC) == -1) {
        return sys::failed("adopt");
    }
    return verified;
}

result<std::size_t> read_some(native_handle handle, std::span<std::byte> into, interruption& interrupted) {
    return transfer(handle, POLLIN, interrupted, true, "read", [&](bool may_block) {
        return may_block ? blocking_read(handle, into.data(), into.size()) : try_read(handle, into.data(), into.size());
    });
}

result<std::size_t> write_some(native_handle handle, std::span<const const_buffer> pieces, std::size_t most, bool whole,
                               interruption& interrupted) {
    constexpr std::size_t most_pieces = 64; // well under IOV_MAX, and small enough for the stack
    std::array<iovec, most_pieces> vector;
    std::size_t count = 0;
    for (std::size_t left = most; count < std::min(pieces.size(), most_pieces) && left > 0; ++count) {
        const const_buffer piece = pieces[count].first(std::min(pieces[count].size(), left));
        left -= piece.size();
        // iovec serves reads too: its pointer is not to const, and nothing is written through it.
        vector[count] = {const_cast<std::byte*>(piece.data()), piece.size()};
    }
    return transfer(handle, POLLOUT, interrupted, whole, "write", [&](bool may_block) {
        return may_block ? blocking_write(handle, vector.data(), static_cast<int>(count))
                         : try_write(handle, vector.data(), static_cast<int>(count));
    });
}

result<std::size_t> lend_some(native_handle handle, const_buffer bytes, interruption& interrupted) {
    return transfer(handle, POLLOUT, interrupted, true, "send",
                    [&](bool may_block) { return lend(handle, bytes, may_block); });
}

std::size_t largest_uncut_write() noexcept { return cutting::smallest; }

result<bool> wait_readable(native_handle reader, interruption& interrupted) {
    while (true) {
        pollfd watched{reader, POLLIN, 0};
        const timespec at_once{};
        const int ready = sys::ppoll(&watched, 1, &at_once);
        if (ready == -1 && errno != EINTR) {
            return sys::failed("read");
        }
        if (ready > 0) {
            return (watched.revents & POLLIN) != 0;
        }
        if (auto waited = wait_for(reader, POLLIN, interrupted, "read"); !waited) {
            return std::unexpected(std::move(waited).error());
        }
    }
}

result<std::size_t> available(native_handle reader) {
    int bytes = 0;
    if (sys::ioctl(reader, FIONREAD, &bytes) == -1) {
        return sys::failed("available");
    }
    return static_cast<std::size_t>(bytes);
}

result<std::size_t> capacity(native_handle end) {
    const int bytes = sys::fcntl(end, F_GETPIPE_SZ);
    if (bytes == -1) {
        return sys::failed("capacity");
    }
    return static_cast<std::size_t>(bytes);
}

bool enlarge(native_handle end, std::size_t bytes) noexcept {
    return sys::fcntl(end, F_SETPIPE_SZ, static_cast<long>(bytes)) != -1;
}

result<unique_handle> duplicate(native_handle end) { return private_copy(end, "duplicate"); }

result<unique_handle> take_standard(direction way) {
    const int standard = way == direction::read ? STDIN_FILENO : STDOUT_FILENO;
    if (auto checked = verify_end(standard, way); !checked) {
        return std::unexpected(std::move(checked).error());
    }
    unique_handle null_device(sys::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null_device) {
        return sys::failed("open null device");
    }
    auto taken = private_copy(standard, "duplicate");
    if (taken && sys::dup3(null_device.get(), standard, 0) == -1) {
        return sys::failed("duplicate");
    }
    return taken;
}

} // namespace windpipe::platform

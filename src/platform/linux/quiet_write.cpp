#include "quiet_write.hpp"

#include "scratch.hpp"

#include "platform/platform.hpp"

#include <algorithm>
#include <atomic>
#include <climits>
#include <string>
#include <sys/single_threaded.h>
#include <utility>

namespace windpipe::platform {

namespace {

// Newer than this libc's headers. Source: linux/fs.h; RWF_NOSIGNAL from 6.18 on, RWF_NOWAIT on pipes from 6.4 on.
constexpr int without_signal = 0x100;
constexpr int without_wait = RWF_NOWAIT;

/// The flags this kernel takes on a pipe: both, until a call is refused and it is found out which.
std::atomic<int> taken = without_signal | without_wait;

bool refused() { return errno == EOPNOTSUPP; }

std::atomic<bool> found_out = false;

/// After a refusal: tries each flag on a pipe of our own, once. A FIFO or a pipe opened by a path refuses RWF_NOWAIT on
/// every kernel, so one refusal says nothing of other pipes.
int find_out_flags() {
    if (found_out.load(std::memory_order_relaxed)) {
        return taken.load(std::memory_order_relaxed);
    }
    scratch_pipe* const own = scratch_pipe::of_this_thread();
    if (own == nullptr) {
        return 0;
    }
    std::byte byte{};
    const iovec piece{&byte, 1};
    int flags = 0;
    if (sys::pwritev2(own->writer(), &piece, 1, without_signal) == 1) {
        flags |= without_signal;
    }
    if (sys::preadv2(own->reader(), &piece, 1, without_wait) != -1 || !refused()) {
        flags |= without_wait;
    }
    own->empty();
    taken.store(flags, std::memory_order_relaxed);
    found_out.store(true, std::memory_order_relaxed);
    return flags;
}

/// Holds SIGPIPE back for this thread around one write and takes back the one that the write raised.
class no_sigpipe {
public:
    no_sigpipe() {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        blocked_ = sys::sigprocmask(SIG_BLOCK, &sigpipe_, &before_) == 0;
        ok_ = blocked_ && is_pending(was_pending_);
    }
    ~no_sigpipe() {
        if (blocked_) {
            const int kept = errno;
            (void)::pthread_sigmask(SIG_SETMASK, &before_, nullptr); // cannot fail with a valid set
            errno = kept;
        }
    }
    no_sigpipe(const no_sigpipe&) = delete;
    no_sigpipe& operator=(const no_sigpipe&) = delete;

    [[nodiscard]] bool ok() const { return ok_; }

    /// The write raised the signal for this thread, and signals for a thread are taken before those for the process. If
    /// that leaves none where one was pending before, the two had merged into one, which was the application's.
    void take_back() const {
        const timespec at_once{};
        // Left pending it would end the process: a failure that is not "there is none" is not taken for an answer.
        for (int tries = 0; tries < 3 && sys::sigtimedwait(&sigpipe_, &at_once) == -1 && errno != EAGAIN; ++tries) {
        }
        bool still_pending = false;
        if (was_pending_ && is_pending(still_pending) && !still_pending) {
            (void)::pthread_kill(::pthread_self(), SIGPIPE);
        }
        errno = EPIPE;
    }

private:
    static bool is_pending(bool& answer) {
        sigset_t pending{};
        const bool ok = sys::sigpending(&pending) == 0;
        answer = ok && sigismember(&pending, SIGPIPE) == 1;
        return ok;
    }

    sigset_t sigpipe_{};
    sigset_t before_{};
    bool blocked_ = false;
    bool was_pending_ = false;
    bool ok_ = false;
};

ssize_t write_once(int fd, const iovec* pieces, int count, int flags) {
    if ((flags & without_signal) != 0) {
        return sys::pwritev2(fd, pieces, count, flags);
    }
    const no_sigpipe guard;
    if (!guard.ok()) {
        return -1;
    }
    const ssize_t written = flags != 0 ? sys::pwritev2(fd, pieces, count, flags) : sys::writev(fd, pieces, count);
    if (written == -1 && errno == EPIPE) {
        guard.take_back();
    }
    return written;
}

// Without RWF_NOWAIT, most bytes go by way of the scratch pipe: splice(2) between pipes does not wait when it is told
// not to, whatever the flags of the pipes. poll(2) and a plain call would not do: between the two, somebody else may be
// faster.

ssize_t read_by_splice(int fd, void* into, std::size_t size) {
    scratch_pipe* const way = scratch_pipe::of_this_thread();
    if (way == nullptr) {
        return -1;
    }
    const ssize_t n = sys::splice(fd, way->writer(), size, SPLICE_F_NONBLOCK);
    if (n > 0 && !way->take({static_cast<std::byte*>(into), static_cast<std::size_t>(n)})) {
        return -1;
    }
    return n;
}

/// Through a description of our own that does not wait: for a short write, which spliced would take a slot of the pipe
/// to itself, where the kernel joins plain ones. -1 with ENXIO or another reason where the pipe cannot be opened again.
ssize_t write_by_reopening(int fd, const iovec* pieces, int count) {
    const unique_handle again(
        sys::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    return again ? write_once(again.get(), pieces, count, 0) : -1;
}

ssize_t write_by_splice(int fd, const iovec* pieces, int count) {
    scratch_pipe* const way = scratch_pipe::of_this_thread();
    if (way == nullptr) {
        return -1;
    }
    const ssize_t put = sys::writev(way->writer(), pieces, count);
    if (put == -1) {
        return -1;
    }
    const no_sigpipe guard;
    const ssize_t n =
        guard.ok() ? sys::splice(way->reader(), fd, static_cast<std::size_t>(put), SPLICE_F_NONBLOCK) : -1;
    const int code = errno;
    if (n == -1 && code == EPIPE) {
        guard.take_back();
    }
    if (n != put) {
        way->empty();
    }
    errno = code;
    return n;
}

} // namespace

ssize_t try_read(int fd, void* into, std::size_t size) {
    if ((taken.load(std::memory_order_relaxed) & without_wait) != 0) {
        const iovec piece{into, size};
        const ssize_t n = sys::preadv2(fd, &piece, 1, without_wait);
        if (n != -1 || !refused()) {
            return n;
        }
        find_out_flags();
    }
    return read_by_splice(fd, into, size);
}

ssize_t try_write(int fd, const iovec* pieces, int count) {
    int flags = taken.load(std::memory_order_relaxed);
    while ((flags & without_wait) != 0) {
        const ssize_t n = write_once(fd, pieces, count, flags);
        if (n != -1 || !refused()) {
            return n;
        }
        const int before = std::exchange(flags, find_out_flags());
        if (flags == before) {
            break; // it is this file that refuses
        }
    }
    std::size_t total = 0;
    for (int i = 0; i < count; ++i) {
        total += pieces[i].iov_len;
    }
    if (total < PIPE_BUF) {
        const ssize_t n = write_by_reopening(fd, pieces, count);
        if (n != -1 || errno == EAGAIN || errno == EPIPE) {
            return n;
        }
    }
    return write_by_splice(fd, pieces, count);
}

ssize_t try_splice(int from, int to, std::size_t most) {
    const no_sigpipe guard;
    if (!guard.ok()) {
        return -1;
    }
    ssize_t total = 0;
    for (ssize_t n = 1; n > 0 && static_cast<std::size_t>(total) < most; total += std::max<ssize_t>(n, 0)) {
        n = sys::splice(from, to, most - static_cast<std::size_t>(total), SPLICE_F_NONBLOCK);
        if (n == -1 && errno == EPIPE) {
            guard.take_back();
        }
        if (n == -1 && total == 0) {
            return n;
        }
    }
    return total;
}

ssize_t try_tee(int from, int to, std::size_t most) {
    const no_sigpipe guard;
    const ssize_t n = guard.ok() ? sys::tee(from, to, most, SPLICE_F_NONBLOCK) : -1;
    if (n == -1 && errno == EPIPE) {
        guard.take_back();
    }
    return n;
}

// read_by_splice() moves pages on before it copies them. It serves kernels that have no RWF_NOWAIT for pipes, and FIFOs
// on all: these are on another device than the pipes that have no name.
bool lends_pages(native_handle writer) noexcept {
    if ((find_out_flags() & without_wait) == 0) {
        return false;
    }
    scratch_pipe* const own = scratch_pipe::of_this_thread();
    struct stat nameless{};
    struct stat asked{};
    return own != nullptr && sys::fstat(own->writer(), &nameless) == 0 && sys::fstat(writer, &asked) == 0 &&
           nameless.st_dev == asked.st_dev;
}

ssize_t lend(int fd, const_buffer bytes, bool may_block) {
    const iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()}; // only read from
    const no_sigpipe guard;
    const ssize_t n = guard.ok() ? sys::vmsplice(fd, &piece, may_block ? 0 : SPLICE_F_NONBLOCK) : -1;
    if (n == -1 && errno == EPIPE) {
        guard.take_back();
    }
    return n;
}

std::size_t quick_read(native_handle handle, std::span<std::byte> into, bool may_wait) noexcept {
    const iovec piece{into.data(), into.size()};
    ssize_t n = 0;
    if (may_wait) {
        if (__libc_single_threaded == 0) {
            return 0;
        }
        n = sys::read(handle, into.data(), into.size());
    } else if ((taken.load(std::memory_order_relaxed) & without_wait) != 0) {
        n = sys::preadv2(handle, &piece, 1, without_wait);
    }
    return static_cast<std::size_t>(std::max<ssize_t>(n, 0));
}

std::size_t quick_write(native_handle handle, const_buffer bytes, bool may_wait) noexcept {
    constexpr int both = without_wait | without_signal;
    if (taken.load(std::memory_order_relaxed) != both || (may_wait && __libc_single_threaded == 0)) {
        return 0;
    }
    const iovec piece{const_cast<std::byte*>(bytes.data()), bytes.size()}; // only read from
    const ssize_t n = sys::pwritev2(handle, &piece, 1, may_wait ? without_signal : both);
    return static_cast<std::size_t>(std::max<ssize_t>(n, 0));
}

ssize_t blocking_read(int fd, void* into, std::size_t size) { return sys::read(fd, into, size); }

ssize_t blocking_write(int fd, const iovec* pieces, int count) {
    const int flags = taken.load(std::memory_order_relaxed) & without_signal;
    const ssize_t n = write_once(fd, pieces, count, flags);
    if (n != -1 || !refused() || flags == 0) {
        return n;
    }
    const int known = find_out_flags() & without_signal;
    return write_once(fd, pieces, count, known != flags ? known : 0); // the same: it is this file that refuses
}

} // namespace windpipe::platform

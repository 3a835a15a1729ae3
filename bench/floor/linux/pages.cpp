#include "floor/linux/pages.hpp"

#include "floor/linux/region.hpp"
#include "floor/linux/spin.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

namespace bench::floor {

namespace {

constexpr std::size_t most = 1 << 20;

/// Fresh pages, which end with it.
class pages {
public:
    explicit pages(std::size_t size)
        : start_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)),
          size_(size) {
        if (start_ == MAP_FAILED) {
            fail("mmap");
        }
    }
    ~pages() { munmap(start_, size_); }
    pages(const pages&) = delete;
    pages& operator=(const pages&) = delete;
    [[nodiscard]] std::span<char> all() const { return {static_cast<char*>(start_), size_}; }

private:
    void* start_;
    std::size_t size_;
};

void lend(int to, std::span<char> what) {
    while (!what.empty()) {
        iovec piece{what.data(), what.size()};
        what = what.subspan(checked(vmsplice(to, &piece, 1, 0), "vmsplice"));
    }
}

/// Waits until the reader has left at most so many bytes.
void wait_for_reader(int to, std::size_t left) {
    for (;;) {
        int unread = 0;
        (void)checked(ioctl(to, FIONREAD, &unread), "FIONREAD");
        if (static_cast<std::size_t>(unread) <= left) {
            return;
        }
        pollfd room{to, POLLOUT, 0};
        poll(&room, 1, 1);
    }
}

} // namespace

void lend_pages(pipe_end to, outgoing& data) {
    const std::size_t capacity = checked(fcntl(to, F_GETPIPE_SZ), "F_GETPIPE_SZ");
    const pages memory(2 * capacity);
    const std::span<char> all = memory.all();
    std::size_t at = 0;
    while (const std::size_t size = data.next_size()) {
        const std::span<char> room = all.subspan(at).first(std::min(all.size() - at, size));
        // The pages behind these, of as much as was sent since they were last used, must have been read.
        wait_for_reader(to, all.size() - room.size());
        const std::size_t count = data.fill(room);
        lend(to, room.first(count));
        at = (at + count) % all.size();
    }
}

void splice_all(pipe_end in, pipe_end out) {
    (void)signal(SIGPIPE, SIG_IGN);
    ssize_t n = 0;
    while ((n = splice(in, nullptr, out, nullptr, most, SPLICE_F_MOVE)) > 0) {
    }
    if (n == -1 && errno != EPIPE) { // the receiver leaves when it has all; it says so if it has not
        fail("splice");
    }
}

void lend_always(pipe_end to, outgoing& data) {
    const pages memory(data.next_size());
    while (data.next_size() > 0) {
        lend(to, memory.all().first(data.fill(memory.all())));
    }
}

void drop_all(pipe_end from, incoming& data) {
    const int nowhere = static_cast<int>(checked(open("/dev/null", O_WRONLY | O_CLOEXEC), "/dev/null"));
    while (!data.complete()) {
        const std::size_t count = checked(splice(from, nullptr, nowhere, nullptr, most, SPLICE_F_MOVE), "splice");
        if (count == 0) {
            break;
        }
        data.took_unseen(count);
    }
    close(nowhere);
}

} // namespace bench::floor

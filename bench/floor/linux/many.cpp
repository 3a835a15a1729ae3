#include "floor/linux/many.hpp"

#include "floor/linux/start.hpp"

#include <array>
#include <stdexcept>

#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

namespace bench::floor {

namespace {

class epoll_set {
public:
    epoll_set() {
        if (set_ < 0) {
            fail("epoll_create1");
        }
    }
    ~epoll_set() { close(set_); }
    epoll_set(const epoll_set&) = delete;
    epoll_set& operator=(const epoll_set&) = delete;

    void add(int fd, std::size_t number) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = number;
        if (epoll_ctl(set_, EPOLL_CTL_ADD, fd, &event) != 0) {
            fail("epoll_ctl");
        }
    }
    std::span<const epoll_event> wait() {
        const int count = epoll_wait(set_, events_.data(), static_cast<int>(events_.size()), -1);
        if (count < 0) {
            fail("epoll_wait");
        }
        return std::span(events_).first(static_cast<std::size_t>(count));
    }

private:
    int set_ = epoll_create1(EPOLL_CLOEXEC);
    std::array<epoll_event, 128> events_{};
};

std::size_t checked_read(int fd, std::span<char> into) {
    const ssize_t count = read(fd, into.data(), into.size());
    if (count < 0) {
        fail("read");
    }
    return static_cast<std::size_t>(count);
}

struct member {
    started child;
    int reader = -1;
    std::string output = {};
};

template <starter start>
std::vector<captured> many_by(crowd& all) {
    raw_arguments argv(all.program());
    epoll_set set;
    std::vector<member> members;
    members.reserve(all.count());
    for (std::size_t i = 0; i < all.count(); ++i) {
        raw_pipe pipe;
        members.push_back({start(argv.get(), -1, pipe.writer), pipe.reader});
        close(pipe.writer);
        set.add(pipe.reader, i);
    }
    all.all_started();
    std::vector<char> buffer(64UL * 1024);
    std::vector<captured> outputs;
    while (outputs.size() < all.count()) {
        for (const epoll_event& event : set.wait()) {
            member& from = members[event.data.u64];
            const std::size_t count = checked_read(from.reader, buffer);
            if (count > 0) {
                from.output.append(buffer.data(), count);
                continue;
            }
            close(from.reader);
            reap(from.child);
            outputs.push_back(keep(std::move(from.output)));
        }
    }
    return outputs;
}

} // namespace

std::vector<captured> many_by_posix_spawn(crowd& all) { return many_by<by_posix_spawn>(all); }
std::vector<captured> many_by_clone(crowd& all) { return many_by<by_clone>(all); }

void listen_by_epoll(many_pipes& all) {
    epoll_set set;
    for (std::size_t i = 0; i < all.count(); ++i) {
        set.add(all.reader(i), i);
    }
    while (all.speak()) {
        const std::size_t number = set.wait().front().data.u64;
        char byte = 0;
        checked_read(all.reader(number), {&byte, 1});
        all.heard(number, byte);
    }
}

void listen_by_poll(many_pipes& all) {
    std::vector<pollfd> ends;
    for (std::size_t i = 0; i < all.count(); ++i) {
        ends.push_back({all.reader(i), POLLIN, 0});
    }
    while (all.speak()) {
        if (poll(ends.data(), ends.size(), -1) != 1) {
            fail("poll");
        }
        for (std::size_t number = 0; number < ends.size(); ++number) {
            if (ends[number].revents != 0) {
                char byte = 0;
                checked_read(all.reader(number), {&byte, 1});
                all.heard(number, byte);
                break;
            }
        }
    }
}

} // namespace bench::floor

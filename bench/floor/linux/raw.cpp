// The floors: what bare system calls reach, the plain way and the best way known.
#include "floor/linux/many.hpp"
#include "floor/linux/pages.hpp"
#include "floor/linux/region.hpp"
#include "floor/linux/spin.hpp"
#include "floor/linux/start.hpp"
#include "floor/over_pipe.hpp"

#include <algorithm>
#include <stdexcept>

#include <fcntl.h>
#include <gnu/libc-version.h>
#include <poll.h>

namespace bench {

namespace {

using namespace floor;

constexpr int large_capacity = 1 << 20;
constexpr std::size_t step = 64 * 1024;
constexpr std::size_t two_pages = 8 * 1024; // what the kernel keeps ready per pipe

template <starter start>
void spawn_by(const arguments& words) {
    raw_arguments argv(words);
    reap(start(argv.get(), -1, -1));
}

template <starter start>
void batch_by(const arguments& words, std::size_t count) {
    raw_arguments argv(words);
    std::vector<started> children(count);
    std::ranges::generate(children, [&] { return start(argv.get(), -1, -1); });
    std::ranges::for_each(children, reap);
}

/// The plain way: a default pipe, 64 KiB reads, append to a string.
template <starter start>
captured capture_by(const arguments& words) {
    raw_arguments argv(words);
    raw_pipe pipe;
    const started child = start(argv.get(), -1, pipe.writer);
    close(pipe.writer);
    std::string output;
    std::vector<char> buffer(step);
    for (;;) {
        const std::size_t count = checked(read(pipe.reader, buffer.data(), buffer.size()), "read");
        if (count == 0) {
            break;
        }
        output.append(buffer.data(), count);
    }
    close(pipe.reader);
    reap(child);
    return keep(std::move(output));
}

/// The best way known: a large pipe, reads straight into memory that fills with huge pages, spinning before sleeping.
captured capture_tuned(const arguments& words) {
    raw_arguments argv(words);
    raw_pipe pipe(large_capacity);
    const started child = by_clone(argv.get(), -1, pipe.writer);
    close(pipe.writer);
    region output;
    for (;;) {
        const std::span<char> room = output.room(step);
        const std::size_t count = checked(read_spinning(pipe.reader, room.data(), room.size()), "read");
        if (count == 0) {
            break;
        }
        output.took(count);
    }
    close(pipe.reader);
    reap(child);
    return keep(std::move(output));
}

/// One thread, both directions: as much as fits, then wait for either.
template <bool tuned, class Output, class Take>
captured feed_back(const arguments& words, std::string_view input, Output output, Take take) {
    raw_arguments argv(words);
    raw_pipe to(tuned ? large_capacity : 0);
    raw_pipe from(tuned ? large_capacity : 0);
    const started child = by_clone(argv.get(), to.reader, from.writer);
    close(to.reader);
    close(from.writer);
    fcntl(to.writer, F_SETFL, O_NONBLOCK); // our end's own description: the child's is another one
    fcntl(from.reader, F_SETFL, O_NONBLOCK);
    if (input.empty()) {
        close(to.writer);
    }
    std::int64_t idle_since = 0;
    for (;;) {
        bool moved = false;
        if (!input.empty()) {
            const ssize_t count = write(to.writer, input.data(), std::min(input.size(), step));
            if (count > 0) {
                moved = true;
                input.remove_prefix(static_cast<std::size_t>(count));
                if (input.empty()) {
                    close(to.writer);
                }
            }
        }
        const ssize_t count = take(from.reader, output);
        if (count == 0) {
            break;
        }
        if (moved || count > 0) {
            idle_since = 0;
            continue;
        }
        const std::int64_t now = now_ns();
        idle_since = idle_since == 0 ? now : idle_since;
        if (!tuned || now - idle_since > spin_ns) {
            pollfd ends[] = {{from.reader, POLLIN, 0}, {to.writer, POLLOUT, 0}};
            poll(ends, input.empty() ? 1 : 2, -1);
        }
    }
    close(from.reader);
    reap(child);
    return keep(std::move(output));
}

captured feed_back_plain(const arguments& words, std::string_view input) {
    std::vector<char> buffer(step);
    return feed_back<false>(words, input, std::string(), [&](int fd, std::string& output) {
        const ssize_t count = read(fd, buffer.data(), buffer.size());
        output.append(buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
        return count;
    });
}

captured feed_back_tuned(const arguments& words, std::string_view input) {
    return feed_back<true>(words, input, region(), [](int fd, region& output) {
        const std::span<char> room = output.room(step);
        const ssize_t count = read(fd, room.data(), room.size());
        output.took(count > 0 ? static_cast<std::size_t>(count) : 0);
        return count;
    });
}

void there_and_back(outgoing& sent, incoming& got) {
    raw_pipe pipe(large_capacity);
    const plain_end to{pipe.writer};
    const plain_end from{pipe.reader};
    for (std::string_view bytes = sent.next(); !bytes.empty(); bytes = sent.next()) {
        to.write(bytes);
        got.took(from.read_some(got.room()));
    }
    close(pipe.reader);
    close(pipe.writer);
}

std::vector<peer> make_floors() {
    const std::string libc = std::string("glibc ") + gnu_get_libc_version();
    std::vector<peer> all = {
        {.name = "vfork + exec",
         .version = libc,
         .kind = "floor",
         .spawn = spawn_by<by_vfork>,
         .batch = batch_by<by_vfork>,
         .capture = capture_by<by_vfork>},
        {.name = "clone + pidfd",
         .version = libc,
         .kind = "floor",
         .spawn = spawn_by<by_clone>,
         .batch = batch_by<by_clone>,
         .capture = capture_by<by_clone>},
        {.name = "posix_spawn",
         .version = libc,
         .kind = "floor",
         .spawn = spawn_by<by_posix_spawn>,
         .batch = batch_by<by_posix_spawn>,
         .capture = capture_by<by_posix_spawn>},
        {.name = "fork + exec",
         .version = libc,
         .kind = "floor",
         .spawn = spawn_by<by_fork>,
         .capture = capture_by<by_fork>},
        {.name = "plain poll loop", .version = libc, .kind = "floor", .feed_back = feed_back_plain},
        {.name = "best raw loop",
         .version = libc,
         .kind = "floor",
         .capture = capture_tuned,
         .feed_back = feed_back_tuned},
    };
    all.push_back({.name = "epoll + posix_spawn", .version = libc, .kind = "floor", .many = many_by_posix_spawn});
    all.push_back({.name = "epoll + clone, pidfd", .version = libc, .kind = "floor", .many = many_by_clone});
    all.push_back({.name = "epoll", .version = libc, .kind = "floor", .listen = listen_by_epoll});
    all.push_back({.name = "poll", .version = libc, .kind = "floor", .listen = listen_by_poll});
    all.push_back(over_pipe<plain_end>("plain calls", libc));
    all.back().there_and_back = there_and_back;
    all.push_back(over_pipe<quiet_end>("no SIGPIPE", libc));
    all.push_back(over_pipe<tuned_end<two_pages, false>>("cut at 8 KiB", libc));
    all.push_back(over_pipe<tuned_end<two_pages, true>>("cut at 8 KiB + spin", libc));
    all.push_back(over_pipe<tuned_end<4 * two_pages, true>>("cut at 32 KiB + spin", libc));
    all.push_back({.name = "vmsplice", .version = libc, .kind = "floor", .send = lend_pages});
    all.push_back({.name = "splice", .version = libc, .kind = "floor", .relay = splice_all});
    all.push_back({.name = "free ends", .version = libc, .kind = "floor", .send = lend_always, .receive = drop_all});
    all.push_back(buffered<plain_end, 4096>("4 KiB buffer", libc));
    all.push_back(buffered<plain_end, two_pages>("8 KiB buffer", libc));
    all.push_back(buffered<plain_end, step>("64 KiB buffer", libc));
    return all;
}

} // namespace

std::span<const peer> peers() {
    static const std::vector<peer> all = make_floors();
    return all;
}

} // namespace bench

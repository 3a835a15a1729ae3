// The floors: what bare Win32 calls reach, used in the plain way.
#include "worker/windows/start.hpp"

#include "floor/over_pipe.hpp"

#include <algorithm>
#include <thread>

#include <windows.h>

namespace bench {

namespace {

using namespace win32;

constexpr std::size_t step = 64 * 1024;
constexpr std::size_t two_pages = 8 * 1024; // the size of the Linux floors

/// ReadFile and WriteFile, nothing else.
struct plain_end {
    pipe_end end;
    [[nodiscard]] std::size_t read_some(std::span<char> into) const { return win32::read_some(end, into); }
    void write(std::string_view bytes) const { write_all(end, bytes.data(), bytes.size()); }
};

template <inheritance what>
void spawn_by(const arguments& words) {
    reap(start(words, {}, what));
}

template <inheritance what>
void batch_by(const arguments& words, std::size_t count) {
    std::vector<started> children(count);
    std::ranges::generate(children, [&] { return start(words, {}, what); });
    std::ranges::for_each(children, reap);
}

/// 64 KiB reads, append to a string, until the writers have gone.
std::string read_to_end(HANDLE from) {
    std::string output;
    std::vector<char> buffer(step);
    while (const std::size_t count = win32::read_some(from, buffer)) {
        output.append(buffer.data(), count);
    }
    return output;
}

/// A child whose output goes to `to`; our end is closed.
started start_writing(const arguments& words, inheritance what, handle to, handle from = {}) {
    standard_streams streams;
    streams.out = inheritable(to.get());
    to.close();
    if (from.get() != nullptr) {
        streams.in = inheritable(from.get());
        from.close();
    }
    return start(words, streams, what);
}

template <inheritance what>
captured capture_by(const arguments& words) {
    pipe_pair pipe = make_pipe();
    const started child = start_writing(words, what, std::move(pipe.writer));
    std::string output = read_to_end(pipe.reader.get());
    reap(child);
    return keep(std::move(output));
}

/// A second thread feeds, this one reads.
captured feed_back(const arguments& words, std::string_view input) {
    pipe_pair there = make_pipe();
    pipe_pair back = make_pipe();
    const started child = start_writing(words, inheritance::a_list, std::move(back.writer), std::move(there.reader));
    std::jthread feeder([input, to = std::move(there.writer)] {
        DWORD count = 0;
        // A child that has gone is seen by its status.
        for (std::string_view left = input; !left.empty(); left.remove_prefix(count)) {
            if (!WriteFile(to.get(), left.data(), static_cast<DWORD>(std::min(left.size(), step)), &count, nullptr)) {
                return;
            }
        }
    });
    std::string output = read_to_end(back.reader.get());
    feeder.join();
    reap(child);
    return keep(std::move(output));
}

std::vector<peer> make_floors() {
    const std::string calls = "Win32";
    std::vector<peer> all = {
        {.name = "CreateProcess",
         .version = calls,
         .kind = "floor",
         .spawn = spawn_by<inheritance::everything>,
         .batch = batch_by<inheritance::everything>,
         .capture = capture_by<inheritance::everything>},
        {.name = "CreateProcess, list of handles",
         .version = calls,
         .kind = "floor",
         .spawn = spawn_by<inheritance::a_list>,
         .batch = batch_by<inheritance::a_list>,
         .capture = capture_by<inheritance::a_list>},
        {.name = "plain threads", .version = calls, .kind = "floor", .feed_back = feed_back},
    };
    all.push_back(floor::over_pipe<plain_end>("plain calls", calls));
    all.push_back(floor::buffered<plain_end, 4096>("4 KiB buffer", calls));
    all.push_back(floor::buffered<plain_end, two_pages>("8 KiB buffer", calls));
    all.push_back(floor::buffered<plain_end, step>("64 KiB buffer", calls));
    return all;
}

} // namespace

std::span<const peer> peers() {
    static const std::vector<peer> all = make_floors();
    return all;
}

} // namespace bench

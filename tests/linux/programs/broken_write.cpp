// broken_write.cpp - writes to a pipe without readers in a process whose SIGPIPE is set up in some way, and tells
// whether anything about its signals has changed: `broken_write STATE WAY [PROGRAM]`
//
// STATE: default, ignored, handled, blocked, pending_in_thread, pending_in_process, pending_in_both.
// WAY:   write, some, gather, waiting (the readers go while it waits), run (feeds PROGRAM, which does not read).
// Prints "same" and exits 0, or what is different and exits 1; 2 when the write did not fail as it should.
// A program of its own because a signal sent to a process goes to any thread that does not block it.
#include <windpipe/windpipe.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace {

std::atomic<int> handled = 0;

extern "C" void on_sigpipe(int /*signal*/) { ++handled; }

void block_sigpipe() {
    sigset_t sigpipe{};
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe, nullptr);
}

void set_up(std::string_view state) {
    if (state == "ignored") {
        std::signal(SIGPIPE, SIG_IGN);
    } else if (state != "default") {
        std::signal(SIGPIPE, on_sigpipe);
    }
    if (state == "blocked" || state.starts_with("pending")) {
        block_sigpipe();
    }
    if (state == "pending_in_thread" || state == "pending_in_both") {
        std::raise(SIGPIPE);
    }
    if (state == "pending_in_process" || state == "pending_in_both") {
        ::kill(::getpid(), SIGPIPE);
    }
}

/// What the kernel knows of this thread's and this process's signals: pending, blocked, ignored, caught.
///
/// With `together` it does not matter whether it is pending for the thread or the process. Where both are, nobody can
/// tell afterwards whether the thread's one was there before the write (sigpending(2) gives their union).
std::string signals(bool together) {
    std::ifstream status("/proc/thread-self/status");
    std::string all;
    for (std::string line; std::getline(status, line);) {
        const bool pending = line.starts_with("SigPnd") || line.starts_with("ShdPnd");
        if ((line.starts_with("Sig") && !line.starts_with("SigQ") && !pending) || (pending && !together)) {
            all += line + '\n';
        }
    }
    sigset_t pending{};
    ::sigpending(&pending);
    all += "pending: " + std::to_string(sigismember(&pending, SIGPIPE)) + '\n';
    return all + "handled: " + std::to_string(handled) + '\n';
}

bool is_broken(const windpipe::error& failure) { return failure.code == std::errc::broken_pipe; }

bool write_in_this_way(std::string_view way, const char* program) {
    if (way == "run") {
        const std::string input(1 << 20, 'x');
        const auto done = windpipe::run(windpipe::command{program, "0"}, {.input = input});
        return done && done->success() && done->input_written < input.size();
    }
    auto [reader, writer] = windpipe::or_throw(windpipe::make_pipe());
    const std::string text(3 << 20, 'x');
    const auto bytes = std::as_bytes(std::span(text));
    if (way == "waiting") {
        const std::jthread leaves([&reader = reader] {
            std::array<std::byte, 1> first{};
            windpipe::or_throw(reader.read_some(first));
            reader.close();
        });
        const auto written = writer.write(bytes);
        return !written && is_broken(written.error());
    }
    reader.close();
    if (way == "write") {
        const auto written = writer.write(bytes.first(1));
        return !written && is_broken(written.error());
    }
    if (way == "some") {
        const auto written = writer.write_some(bytes);
        return !written && is_broken(written.error());
    }
    const std::array<windpipe::const_buffer, 2> pieces{bytes.first(10), bytes.subspan(10, 10)};
    const auto written = writer.write_gather(pieces);
    return way == "gather" && !written && is_broken(written.error());
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        return 99;
    }
    std::thread([] {}).join(); // the C library catches a signal of its own from the first thread on
    set_up(argv[1]);
    const bool together = argv[1] == std::string_view("pending_in_both");
    const std::string before = signals(together);
    for (int i = 0; i < 3; ++i) {
        if (!write_in_this_way(argv[2], argc > 3 ? argv[3] : "")) {
            std::cout << "the write did not fail as it should\n";
            return 2;
        }
    }
    const std::string after = signals(together);
    std::cout << (after == before ? "same\n" : "before\n" + before + "after\n" + after) << std::flush;
    return after == before ? 0 : 1;
}

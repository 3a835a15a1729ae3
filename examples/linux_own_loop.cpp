// linux_own_loop.cpp - ends and children in an event loop of your own, here one of poll(2).
//
//     linux_own_loop PROGRAM
//
// PROGRAM copies its input to its output, as cat does.
#include <windpipe/windpipe.hpp>

#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>

#include <poll.h>

using windpipe::or_throw;

namespace {

// [poll]
// What is waited for can be given to epoll, poll, select or any event library, which may make it non-blocking: it
// stands for the end or the child, and nobody else has it.
int talk(const std::string& program) {
    auto child = or_throw(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped).spawn());
    or_throw(child.in.write("through the loop\n"));
    child.in.close();

    const auto output = or_throw(windpipe::make_waitable(child.out));
    const auto ended = or_throw(windpipe::make_waitable(child));
    std::array<pollfd, 2> watched{{{output.get(), POLLIN, 0}, {ended.get(), POLLIN, 0}}};
    while (watched[0].fd != -1 || watched[1].fd != -1) {
        if (::poll(watched.data(), watched.size(), -1) == -1 && errno != EINTR) {
            throw std::system_error(errno, std::system_category(), "poll");
        }
        if (watched[0].revents != 0) {
            std::array<std::byte, 4096> piece{};
            auto n = child.out.read_some(piece, {.until = std::chrono::seconds(0)}); // never waits
            if (n && *n > 0) {
                std::cout.write(reinterpret_cast<const char*>(piece.data()), static_cast<std::streamsize>(*n));
            } else if (n || n.error().code != std::errc::timed_out) {
                or_throw(std::move(n));
                watched[0].fd = -1; // the end of the stream
            }
        }
        if (watched[1].revents != 0) {
            std::cout << "the program " << or_throw(child.try_wait())->text() << '\n';
            watched[1].fd = -1;
        }
    }
    return 0;
}
// [/poll]

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: linux_own_loop PROGRAM\n";
        return 2;
    }
    try {
        return talk(argv[1]);
    } catch (const std::exception& failed) {
        std::cerr << "linux_own_loop: " << failed.what() << '\n';
        return 1;
    }
}

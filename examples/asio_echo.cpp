// asio_echo.cpp - talk to a child in an event loop of Asio, with coroutines and a deadline.
//
//     asio_echo PROGRAM TEXT...
//
// PROGRAM copies its input to its output, as cat does.
#include <windpipe/asio.hpp>
#include <windpipe/windpipe.hpp>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <span>
#include <string>

using asio::use_awaitable;
using windpipe::or_throw;

namespace {

// [talk]
// Our ends are Asio's streams from here on: async_read, async_read_until, async_write, cancellation, any token.
asio::awaitable<void> talk(std::string program, std::span<char* const> texts) {
    const auto on = co_await asio::this_coro::executor;
    auto child = or_throw(windpipe::command{program}.in(windpipe::piped).out(windpipe::piped).spawn());
    auto in = or_throw(windpipe::asio_writer::make(on, std::move(child.in)));
    auto out = or_throw(windpipe::asio_reader::make(on, std::move(child.out)));

    std::string buffer;
    for (const std::string text : texts) {
        const std::string question = text + "\n";
        co_await asio::async_write(in, asio::buffer(question), use_awaitable);
        const auto size = co_await asio::async_read_until(out, asio::dynamic_buffer(buffer), '\n', use_awaitable);
        std::cout << buffer.substr(0, size);
        buffer.erase(0, size);
    }

    in.close(); // end of stream, by which such programs leave
    const auto status = co_await windpipe::async_wait(on, child, use_awaitable);
    std::cout << "the program " << status.text() << '\n';
}
// [/talk]

// [deadline]
// Whoever is done first ends the other: a child that is talked to for too long is killed, as talk() is left.
asio::awaitable<void> talk_for(std::chrono::seconds time, std::string program, std::span<char* const> texts) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    const auto first = co_await (talk(program, texts) || timer.async_wait(use_awaitable));
    if (first.index() == 1) {
        std::cout << "no answer in time\n";
    }
}
// [/deadline]

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: asio_echo PROGRAM TEXT...\n";
        return 2;
    }
    try {
        asio::io_context context;
        const std::span<char* const> words(argv, static_cast<std::size_t>(argc));
        auto ended =
            asio::co_spawn(context, talk_for(std::chrono::minutes(1), words[1], words.subspan(2)), asio::use_future);
        context.run();
        ended.get();
        return 0;
    } catch (const std::exception& failed) {
        std::cerr << "asio_echo: " << failed.what() << '\n';
        return 1;
    }
}

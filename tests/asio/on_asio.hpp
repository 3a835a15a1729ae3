// on_asio.hpp - a coroutine of Asio, run to its end in this thread.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <utility>

namespace windpipe_test {

/// What it throws is thrown.
template <class Coroutine>
void run_on_asio(Coroutine what) {
    asio::io_context context(1);
    auto ended = asio::co_spawn(context, std::move(what), asio::use_future);
    context.run();
    ended.get();
}

} // namespace windpipe_test

// ready.hpp - a handle of make_waitable() as Asio waits for it.
#pragma once

#include <windpipe/handle.hpp>

#include <asio/awaitable.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/use_awaitable.hpp>

namespace windpipe_test {

class ready {
public:
    ready(const asio::any_io_executor& on, windpipe::unique_handle what) : what_(on, what.release()) {}
    asio::awaitable<void> wait() { return what_.async_wait(what_.wait_read, asio::use_awaitable); }

private:
    asio::posix::stream_descriptor what_;
};

} // namespace windpipe_test

// ready.hpp - a handle of make_waitable() as Asio waits for it.
#pragma once

#include <windpipe/handle.hpp>

#include <asio/awaitable.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/windows/object_handle.hpp>

namespace windpipe_test {

class ready {
public:
    ready(const asio::any_io_executor& on, windpipe::unique_handle what) : what_(on, what.release()) {}
    asio::awaitable<void> wait() { return what_.async_wait(asio::use_awaitable); }

private:
    asio::windows::object_handle what_;
};

} // namespace windpipe_test

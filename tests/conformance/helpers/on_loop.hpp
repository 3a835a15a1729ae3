// on_loop.hpp - small words the tests of loops are written in.
#pragma once

#include "support/result.hpp"

#include <windpipe/async.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace windpipe_test {

inline windpipe::loop make_loop() { return windpipe::or_throw(windpipe::loop::make()); }

/// One read_some() of at most 4096 bytes, as text.
inline windpipe::task<windpipe::result<std::string>> read_text_on(windpipe::loop& on, windpipe::pipe_reader& from,
                                                                  windpipe::wait_limit limit = {}) {
    std::array<std::byte, 4096> buffer{};
    const auto count = co_await on.read_some(from, buffer, limit);
    if (!count) {
        co_return std::unexpected(count.error());
    }
    co_return std::string(reinterpret_cast<const char*>(buffer.data()), *count);
}

/// All that comes until end of stream.
inline windpipe::task<windpipe::result<std::string>> read_all_on(windpipe::loop& on, windpipe::pipe_reader& from) {
    std::string all;
    while (true) {
        auto text = co_await read_text_on(on, from);
        if (!text || text->empty()) {
            co_return text ? windpipe::result<std::string>(std::move(all)) : std::move(text);
        }
        all += *text;
    }
}

inline windpipe::task<windpipe::result<void>> write_on(windpipe::loop& on, windpipe::pipe_writer& to,
                                                       std::string_view text, windpipe::wait_limit limit = {}) {
    co_return co_await on.write(to, text, limit);
}

/// A task whose outcome is put down.
template <class T>
windpipe::task<> put_down(windpipe::task<T> what, T& into) {
    into = co_await std::move(what);
}

} // namespace windpipe_test

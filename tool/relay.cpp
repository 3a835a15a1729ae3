#include "relay.hpp"

#include <windpipe/transfer.hpp>

#include <stop_token>
#include <system_error>
#include <utility>

namespace windpipe_tool {

relay::relay(windpipe::pipe_reader from, windpipe::pipe_writer to) : from_(std::move(from)), to_(std::move(to)) {
    for (const auto& counts : {from_.enable_counters(), to_.enable_counters()}) {
        if (!counts) {
            failure_ = counts.error(); // it would pass all on, but not count
        }
    }
}

void relay::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { pass_on(stop); });
}

void relay::finish() {
    thread_.request_stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

relay_count relay::count() const noexcept {
    const windpipe::end_counters in = from_.counters();
    const windpipe::end_counters out = to_.counters();
    return {.bytes = out.bytes, .waited_to_read = in.waited, .waited_to_write = out.waited};
}

void relay::pass_on(const std::stop_token& stop) {
    const auto done = windpipe::transfer(from_, to_, windpipe::no_limit, {.stop = stop});
    if (!done && done.error().code != std::errc::broken_pipe && done.error().code != std::errc::operation_canceled) {
        failure_ = done.error();
    }
    // The next stage sees the end of the stream, the one before that nobody reads any more.
    to_.close();
    from_.close();
}

} // namespace windpipe_tool

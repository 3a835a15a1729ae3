// Boost.Process v1, the default of 1.81: child with an ipstream, and asynchronous pipes for both directions.
#include "worker/peer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/process.hpp>
#include <boost/version.hpp>

#include <stdexcept>

namespace bench {

namespace {

namespace asio = boost::asio;
namespace v1 = boost::process;

std::vector<std::string> tail(const arguments& words) { return {words.begin() + 1, words.end()}; }

void require(v1::child& child) {
    child.wait();
    if (child.exit_code() != 0) {
        throw std::runtime_error("the child failed");
    }
}

void spawn(const arguments& words) {
    v1::child child(v1::exe = words.front(), v1::args = tail(words));
    require(child);
}

/// The stream, read in blocks: its faster way for one direction.
captured capture(const arguments& words) {
    v1::ipstream out;
    v1::child child(v1::exe = words.front(), v1::args = tail(words), v1::std_out > out);
    std::string output;
    std::vector<char> buffer(64 * 1024);
    while (out.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || out.gcount() > 0) {
        output.append(buffer.data(), static_cast<std::size_t>(out.gcount()));
    }
    require(child);
    return keep(std::move(output));
}

captured feed_back(const arguments& words, std::string_view input) {
    asio::io_context events;
    v1::async_pipe in(events);
    v1::async_pipe out(events);
    std::string output;
    v1::child child(v1::exe = words.front(), v1::args = tail(words), v1::std_in<in, v1::std_out> out);
    asio::async_write(in, asio::buffer(input),
                      [&](const boost::system::error_code&, std::size_t) { in.async_close(); });
    asio::async_read(out, asio::dynamic_buffer(output), [](const boost::system::error_code&, std::size_t) {});
    events.run();
    require(child);
    return keep(std::move(output));
}

constexpr absent asio_row{"Boost.Asio has a row of its own"};

} // namespace

std::span<const peer> peers() {
    static const peer all[] = {{
        .name = "Boost.Process v1",
        .version = std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000),
        .kind = "peer",
        .spawn = spawn,
        .capture = capture,
        .feed_back = feed_back,
        .send = asio_row,
        .receive = asio_row,
        .ping = asio_row,
        .echo = asio_row,
    }};
    return all;
}

} // namespace bench

// Boost.Process v2 (an extension of 1.81, not yet its default) with its two launchers, and Boost.Asio's pipe ends.
#include "worker/peer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/asio/write.hpp>
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/stdio.hpp>
#include <boost/version.hpp>

#include <deque>
#include <optional>
#include <stdexcept>

namespace bench {

namespace {

namespace asio = boost::asio;
namespace v2 = boost::process::v2;

std::vector<std::string> tail(const arguments& words) { return {words.begin() + 1, words.end()}; }

void require(int status) {
    if (status != 0) {
        throw std::runtime_error("the child failed");
    }
}

template <class Launcher>
void spawn(const arguments& words) {
    asio::io_context events;
    v2::process child = Launcher()(events, words.front(), tail(words));
    require(child.wait());
}

/// async_read into a dynamic buffer: the synchronous read of 1.81 is several times slower here.
template <class Launcher>
captured capture(const arguments& words) {
    asio::io_context events;
    asio::readable_pipe out(events);
    std::string output;
    v2::process child = Launcher()(events, words.front(), tail(words), v2::process_stdio{{}, out, {}});
    asio::async_read(out, asio::dynamic_buffer(output), [](const boost::system::error_code&, std::size_t) {});
    events.run();
    require(child.wait());
    return keep(std::move(output));
}

template <class Launcher>
captured feed_back(const arguments& words, std::string_view input) {
    asio::io_context events;
    asio::writable_pipe in(events);
    asio::readable_pipe out(events);
    std::string output;
    v2::process child = Launcher()(events, words.front(), tail(words), v2::process_stdio{in, out, {}});
    asio::async_write(in, asio::buffer(input), [&](const boost::system::error_code&, std::size_t) { in.close(); });
    asio::async_read(out, asio::dynamic_buffer(output), [](const boost::system::error_code&, std::size_t) {});
    events.run();
    require(child.wait());
    return keep(std::move(output));
}

/// Each child with a pipe and a read of its own, all on one io_context.
template <class Launcher>
std::vector<captured> many(crowd& all) {
    struct member {
        asio::readable_pipe out;
        std::string output = {};
        std::optional<v2::process> process = {};
    };
    asio::io_context events;
    std::deque<member> members;
    for (std::size_t i = 0; i < all.count(); ++i) {
        member& each = members.emplace_back(asio::readable_pipe(events));
        each.process.emplace(
            Launcher()(events, all.program().front(), tail(all.program()), v2::process_stdio{{}, each.out, {}}));
        asio::async_read(each.out, asio::dynamic_buffer(each.output),
                         [](const boost::system::error_code&, std::size_t) {});
    }
    all.all_started();
    events.run();
    std::vector<captured> outputs;
    for (member& each : members) {
        require(each.process->wait());
        outputs.push_back(keep(std::move(each.output)));
    }
    return outputs;
}

void listen(many_pipes& all) {
    struct ear {
        asio::posix::stream_descriptor end;
        std::size_t number;
        many_pipes& all;
        char byte = 0;
        void hear() {
            end.async_read_some(asio::buffer(&byte, 1), [this](const boost::system::error_code& problem, std::size_t) {
                if (!problem) {
                    all.heard(number, byte);
                    all.speak();
                    hear();
                }
            });
        }
    };
    asio::io_context events;
    std::deque<ear> ears;
    for (std::size_t i = 0; i < all.count(); ++i) {
        ears.emplace_back(asio::posix::stream_descriptor(events, all.reader(i)), i, all).hear();
    }
    all.speak();
    events.run();
}

/// The synchronous calls: what Asio's documents show for a descriptor that is used in one direction.
struct descriptor {
    asio::io_context events;
    asio::posix::stream_descriptor end;
    explicit descriptor(int fd) : end(events, fd) {}
    void write(std::string_view bytes) { asio::write(end, asio::buffer(bytes)); }
    std::size_t read_some(std::span<char> into) {
        boost::system::error_code problem;
        const std::size_t count = end.read_some(asio::buffer(into.data(), into.size()), problem);
        if (problem && problem != asio::error::eof) {
            throw boost::system::system_error(problem);
        }
        return count;
    }
};

constexpr absent in_process_rows{"Boost.Asio has a row of its own"};
constexpr absent not_asio{"Boost.Asio starts no processes: see Boost.Process"};

template <class Launcher>
peer with_launcher(std::string_view name, std::string version) {
    return {.name = name,
            .version = std::move(version),
            .kind = "peer",
            .spawn = spawn<Launcher>,
            .capture = capture<Launcher>,
            .feed_back = feed_back<Launcher>,
            .send = in_process_rows,
            .receive = in_process_rows,
            .ping = in_process_rows,
            .echo = in_process_rows,
            .many = many<Launcher>,
            .listen = in_process_rows};
}

std::vector<peer> make_peers() {
    const std::string version =
        std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000);
    return {with_launcher<v2::posix::default_launcher>("Boost.Process v2", version),
            with_launcher<v2::posix::vfork_launcher>("Boost.Process v2, vfork", version),
            {.name = "Boost.Asio",
             .version = version,
             .kind = "peer",
             .spawn = not_asio,
             .capture = not_asio,
             .feed_back = not_asio,
             .send =
                 [](int fd, outgoing& data) {
                     descriptor end(fd);
                     send_all(end, data);
                 },
             .receive =
                 [](int fd, incoming& data) {
                     descriptor end(fd);
                     receive_all(end, data);
                 },
             .ping =
                 [](int in, int out, questions& data) {
                     descriptor from(in);
                     descriptor to(out);
                     ping_all(from, to, data);
                 },
             .echo =
                 [](int in, int out, std::size_t size) {
                     descriptor from(in);
                     descriptor to(out);
                     echo_all(from, to, size);
                 },
             .listen = listen}};
}

} // namespace

std::span<const peer> peers() {
    static const std::vector<peer> all = make_peers();
    return all;
}

} // namespace bench

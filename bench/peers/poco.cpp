// Poco: Process::launch and Pipe, with reads and writes of 64 KiB; a second thread feeds, as its documents advise.
#include "worker/peer.hpp"

#include <Poco/Pipe.h>
#include <Poco/Process.h>
#include <Poco/Version.h>

#include <functional>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace bench {

namespace {

constexpr std::size_t step = 64 * 1024;

void reap(const Poco::ProcessHandle& child) {
    if (child.wait() != 0) {
        throw std::runtime_error("the child failed");
    }
}

std::string read_all(Poco::Pipe& from) {
    std::string output;
    std::vector<char> buffer(step);
    for (int count = 1; count > 0;) {
        count = from.readBytes(buffer.data(), static_cast<int>(buffer.size()));
        output.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return output;
}

void write_all(Poco::Pipe& to, std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t most = std::min<std::size_t>(bytes.size(), 1 << 30);
        bytes.remove_prefix(static_cast<std::size_t>(to.writeBytes(bytes.data(), static_cast<int>(most))));
    }
}

Poco::Process::Args arguments_of(const arguments& words) { return {words.begin() + 1, words.end()}; }

void spawn(const arguments& words) { reap(Poco::Process::launch(words.front(), arguments_of(words))); }

captured capture(const arguments& words) {
    Poco::Pipe out;
    const Poco::ProcessHandle child = Poco::Process::launch(words.front(), arguments_of(words), nullptr, &out, nullptr);
    std::string output = read_all(out);
    reap(child);
    return keep(std::move(output));
}

captured feed_back(const arguments& words, std::string_view input) {
    Poco::Pipe in;
    Poco::Pipe out;
    const Poco::ProcessHandle child = Poco::Process::launch(words.front(), arguments_of(words), &in, &out, nullptr);
    std::jthread feeder([&] {
        write_all(in, input);
        in.close(Poco::Pipe::CLOSE_WRITE);
    });
    std::string output = read_all(out);
    feeder.join();
    reap(child);
    return keep(std::move(output));
}

/// A Poco pipe one end of which is the given descriptor: Poco has no way to adopt one, so it is put under its number.
class adopted {
public:
    explicit adopted(int fd, bool reads) {
        if (dup2(fd, reads ? pipe_.readHandle() : pipe_.writeHandle()) < 0) {
            throw std::runtime_error("dup2");
        }
        close(fd);
        pipe_.close(reads ? Poco::Pipe::CLOSE_WRITE : Poco::Pipe::CLOSE_READ);
    }
    void write(std::string_view bytes) { write_all(pipe_, bytes); }
    std::size_t read_some(std::span<char> into) {
        return static_cast<std::size_t>(pipe_.readBytes(into.data(), static_cast<int>(into.size())));
    }

private:
    Poco::Pipe pipe_;
};

std::string version() {
    return std::to_string(POCO_VERSION >> 24) + "." + std::to_string((POCO_VERSION >> 16) & 0xff) + "." +
           std::to_string((POCO_VERSION >> 8) & 0xff);
}

} // namespace

std::span<const peer> peers() {
    static const peer all[] = {{
        .name = "Poco",
        .version = version(),
        .kind = "peer",
        .spawn = spawn,
        .capture = capture,
        .feed_back = feed_back,
        .send =
            [](int fd, outgoing& data) {
                adopted end(fd, false);
                send_all(end, data);
            },
        .receive =
            [](int fd, incoming& data) {
                adopted end(fd, true);
                receive_all(end, data);
            },
        .ping =
            [](int in, int out, questions& data) {
                adopted from(in, true);
                adopted to(out, false);
                ping_all(from, to, data);
            },
        .echo =
            [](int in, int out, std::size_t size) {
                adopted from(in, true);
                adopted to(out, false);
                echo_all(from, to, size);
            },
    }};
    return all;
}

} // namespace bench

// peer.hpp - what a library under measurement looks like to the benchmarks.
//
// To add a peer: write peers/<name>.cpp that defines bench::peers(), and name it in bench/peers/linux.cmake. Every job
// is done by the way the library's own documents recommend for it; what it has no way for is absent, with the reason.
#pragma once

#include "worker/crowd.hpp"
#include "worker/duct.hpp"
#include "worker/traffic.hpp"

#include "pipe_end.hpp" // the one of the system

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using arguments = std::vector<std::string>;

/// What a child wrote, in whatever the peer keeps it in: no peer pays for a copy it does not make for its own users.
struct captured {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
    std::uint64_t streamed = 0; ///< bytes that were looked at and not kept
};

/// Hands over a container with data() and size().
template <class Container>
captured keep(Container&& filled) {
    auto owner = std::make_shared<const std::remove_cvref_t<Container>>(std::forward<Container>(filled));
    return {owner, std::string_view(reinterpret_cast<const char*>(owner->data()), owner->size())};
}

/// Why a peer does not do a job.
struct absent {
    std::string_view because;
};

template <class Function>
class offer {
public:
    constexpr offer(absent reason) : because_(reason.because) {}
    template <class Call>
        requires std::is_convertible_v<Call, Function*>
    constexpr offer(Call call) : call_(call) {}

    explicit operator bool() const { return call_ != nullptr; }
    [[nodiscard]] std::string_view because() const { return because_; }
    template <class... Values>
    auto operator()(Values&&... values) const {
        return call_(std::forward<Values>(values)...);
    }

private:
    Function* call_ = nullptr;
    std::string_view because_;
};

inline constexpr absent not_measured{"nothing of its own to measure for this"};

struct peer {
    std::string_view name;
    std::string version;
    std::string_view kind; ///< "floor", "windpipe" or "peer"

    /// Starts the program, standard streams inherited, and waits for its end.
    offer<void(const arguments&)> spawn = not_measured;
    /// Starts that many of the program, standard streams inherited, before it waits for the end of each.
    offer<void(const arguments&, std::size_t count)> batch = not_measured;
    /// Runs the program, keeps all of its output and waits for its end.
    offer<captured(const arguments&)> capture = not_measured;
    /// The same, with `input` fed to it at the same time.
    offer<captured(const arguments&, std::string_view input)> feed_back = not_measured;
    /// Writes all of `data` to a pipe. The end belongs to the peer.
    offer<void(pipe_end to, outgoing& data)> send = not_measured;
    /// Reads all of `data` from a pipe.
    offer<void(pipe_end from, incoming& data)> receive = not_measured;
    /// Writes each piece of `sent` to a pipe of its own, of 1 MiB, and reads it back.
    offer<void(outgoing& sent, incoming& got)> there_and_back = not_measured;
    /// Moves all bytes from one pipe into another.
    offer<void(pipe_end in, pipe_end out)> relay = not_measured;
    /// Sends messages and waits for the answer to each.
    offer<void(pipe_end in, pipe_end out, questions& data)> ping = not_measured;
    /// Sends back every message of `size` bytes until end of stream.
    offer<void(pipe_end in, pipe_end out, std::size_t size)> echo = not_measured;
    /// Starts all children, then keeps the output of each, in one thread.
    offer<std::vector<captured>(crowd& all)> many = not_measured;
    /// Listens to all pipes in one thread: lets one speak, reads its byte, and so on until all have ended.
    offer<void(many_pipes& all)> listen = not_measured;
    /// Makes its side of what two processes talk over, for jobs in which a library may bring its own.
    offer<std::unique_ptr<duct>(const meeting& at)> open = not_measured;
    /// Whether a side of that is told when the other process has gone.
    bool notices = true;
};

/// Defined by each peer's file: the library, in each of the ways it is measured.
std::span<const peer> peers();

} // namespace bench

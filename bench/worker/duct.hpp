// duct.hpp - bytes between two processes over what a library has made itself: a pipe of its own, or shared memory.
#pragma once

#include "worker/traffic.hpp"

#include "pipe_end.hpp" // the one of the system

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

/// What each of the two processes knows before the clock starts.
struct meeting {
    pipe_end in;  ///< if it receives, or follows: pipes of the harness, to talk or to agree over
    pipe_end out; ///< if it sends, or leads
    bool leads;   ///< makes what both use, and tells the other of it
    bool sends;
    bool receives;
    std::size_t piece;    ///< bytes of a message
    std::size_t capacity; ///< bytes that shall fit in between
};

/// One process' side.
class duct {
public:
    duct() = default;
    virtual ~duct() = default;
    duct(const duct&) = delete;
    duct& operator=(const duct&) = delete;

    virtual void send(outgoing& data) = 0;
    virtual void receive(incoming& data) = 0;
    virtual void ping(questions& data) = 0;
    /// Sends back so many messages.
    virtual void echo(std::size_t size, std::size_t count) = 0;
    /// A few bytes, and whether they have come.
    virtual void say(std::string_view bytes) = 0;
    virtual bool hear(std::span<char> bytes) = 0;
    /// Returns when the other process has gone: from a read, or from writing on and on.
    virtual void read_until_gone() = 0;
    virtual void write_until_gone() = 0;
};

/// The jobs, for a `write` that writes all and a `read_some` that is 0 at the end.
template <class Writer>
void send_all(Writer& writer, outgoing& data) {
    for (std::string_view piece = data.next(); !piece.empty(); piece = data.next()) {
        writer.write(piece);
    }
}

template <class Reader>
void receive_all(Reader& reader, incoming& data) {
    while (!data.complete()) {
        const std::size_t count = reader.read_some(data.room());
        if (count == 0) {
            return;
        }
        data.took(count);
    }
}

template <class Reader, class Writer>
void relay_all(Reader& reader, Writer& writer) {
    std::vector<char> room(64UL * 1024);
    while (const std::size_t count = reader.read_some(room)) {
        writer.write({room.data(), count});
    }
}

/// Fills `into`, or returns false at end of stream.
template <class Reader>
bool read_full(Reader& reader, std::span<char> into) {
    while (!into.empty()) {
        const std::size_t count = reader.read_some(into);
        if (count == 0) {
            return false;
        }
        into = into.subspan(count);
    }
    return true;
}

template <class Reader, class Writer>
void ping_all(Reader& reader, Writer& writer, questions& data) {
    for (std::string_view message = data.next(); !message.empty(); message = data.next()) {
        writer.write(message);
        if (!read_full(reader, data.room())) {
            return;
        }
        data.answered();
    }
}

template <class Reader, class Writer>
void echo_all(Reader& reader, Writer& writer, std::size_t size, std::size_t count = SIZE_MAX) {
    std::vector<char> message(size);
    for (; count > 0 && read_full(reader, message); --count) {
        writer.write(std::string_view(message.data(), message.size()));
    }
}

/// Of two ends, of which one may be missing where bytes go one way only.
template <class Writer, class Reader>
class two_ends : public duct {
public:
    two_ends(std::unique_ptr<Writer> to, std::unique_ptr<Reader> from) : to_(std::move(to)), from_(std::move(from)) {}

    void send(outgoing& data) override { send_all(*to_, data); }
    void receive(incoming& data) override { receive_all(*from_, data); }
    void ping(questions& data) override { ping_all(*from_, *to_, data); }
    void echo(std::size_t size, std::size_t count) override { echo_all(*from_, *to_, size, count); }
    void say(std::string_view bytes) override { to_->write(bytes); }
    bool hear(std::span<char> bytes) override { return read_full(*from_, bytes); }
    void read_until_gone() override {
        std::vector<char> bytes(64UL * 1024);
        while (from_->read_some(bytes) > 0) {
        }
    }
    void write_until_gone() override {
        const std::vector<char> bytes(64UL * 1024);
        try {
            while (true) {
                to_->write(std::string_view(bytes.data(), bytes.size()));
            }
        } catch (const std::runtime_error&) { // NOLINT(bugprone-empty-catch): broken pipe, by which it ends
        }
    }

protected:
    std::unique_ptr<Writer> to_;
    std::unique_ptr<Reader> from_;
};

/// Straight over the pipes of the harness.
template <class Writer, class Reader>
std::unique_ptr<duct> over_pipes(const meeting& at) {
    return std::make_unique<two_ends<Writer, Reader>>(at.sends ? std::make_unique<Writer>(at.out) : nullptr,
                                                      at.receives ? std::make_unique<Reader>(at.in) : nullptr);
}

} // namespace bench

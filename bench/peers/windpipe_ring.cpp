// windpipe's ring: by the verbs of a pipe, and in place.
#include "worker/peer.hpp"

#include <windpipe/windpipe.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace bench {

namespace {

using windpipe::or_throw;

struct writing_end {
    windpipe::ring_writer end;
    explicit writing_end(windpipe::ring_writer&& open) : end(std::move(open)) {}
    void write(std::string_view bytes) { or_throw(end.write(bytes)); }
};

struct reading_end {
    windpipe::ring_reader end;
    explicit reading_end(windpipe::ring_reader&& open) : end(std::move(open)) {}
    std::size_t read_some(std::span<char> into) { return or_throw(end.read_some(std::as_writable_bytes(into))); }
};

using copying = two_ends<writing_end, reading_end>;

/// Messages are made up and looked at where they are.
class in_place : public copying {
public:
    using copying::copying;

    void send(outgoing& data) override {
        std::span<std::byte> room;
        while (const std::size_t size = data.next_size()) {
            room = or_throw(to_->end.reserve(size));
            data.fill(std::span(reinterpret_cast<char*>(room.data()), size));
            or_throw(to_->end.commit(size));
        }
    }
    void receive(incoming& data) override {
        while (!data.complete()) {
            const auto there = or_throw(from_->end.peek(1));
            if (there.empty()) {
                return;
            }
            constexpr std::size_t most = 64UL * 1024; // a look as long as the others read, for the writer to go on
            const std::size_t count = std::min(there.size(), most);
            data.took(std::string_view(reinterpret_cast<const char*>(there.data()), count));
            or_throw(from_->end.consume(count));
        }
    }
};

std::string next_line(windpipe::pipe_reader& from) {
    std::string line;
    for (char byte = 0; or_throw(from.read(std::as_writable_bytes(std::span(&byte, 1)))) == 1;) {
        if (byte == '\n') {
            return line;
        }
        line += byte;
    }
    throw std::runtime_error("the other process offers no ring");
}

/// The leader makes the rings and offers the other ends of them.
template <class Duct, windpipe::ring_mode mode>
std::unique_ptr<duct> meet(const meeting& at) {
    std::unique_ptr<writing_end> to;
    std::unique_ptr<reading_end> from;
    if (!at.leads) {
        auto hears = or_throw(windpipe::pipe_reader::adopt(windpipe::unique_handle(at.in)));
        if (at.receives) {
            from = std::make_unique<reading_end>(or_throw(windpipe::redeem_ring_reader(next_line(hears))));
        }
        if (at.sends) {
            to = std::make_unique<writing_end>(or_throw(windpipe::redeem_ring_writer(next_line(hears))));
        }
        return std::make_unique<Duct>(std::move(to), std::move(from));
    }
    auto tells = or_throw(windpipe::pipe_writer::adopt(windpipe::unique_handle(at.out)));
    const auto offered = [&](auto&& end) {
        const auto standing = or_throw(windpipe::offer::make(std::forward<decltype(end)>(end)));
        or_throw(tells.write(standing.token() + "\n"));
        or_throw(standing.wait());
    };
    if (at.sends) {
        auto ends = or_throw(windpipe::make_ring({.capacity = at.capacity, .mode = mode}));
        offered(std::move(ends.reader));
        to = std::make_unique<writing_end>(std::move(ends.writer));
    }
    if (at.receives) {
        auto ends = or_throw(windpipe::make_ring({.capacity = at.capacity, .mode = mode}));
        offered(std::move(ends.writer));
        from = std::make_unique<reading_end>(std::move(ends.reader));
    }
    return std::make_unique<Duct>(std::move(to), std::move(from));
}

} // namespace

std::span<const peer> peers() {
    using windpipe::ring_mode;
    static const auto as = [](std::string_view name, auto open) {
        return peer{.name = name, .version = WINDPIPE_VERSION, .kind = "windpipe", .open = open};
    };
    static const peer all[] = {as("windpipe ring", meet<copying, ring_mode::exclusive>),
                               as("windpipe ring, in place", meet<in_place, ring_mode::exclusive>),
                               as("windpipe ring, shared", meet<copying, ring_mode::shared>)};
    return all;
}

} // namespace bench

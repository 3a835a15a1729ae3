// over_pipe.hpp - floors from an `End`: made of a pipe_end, with a `write` that writes all and a `read_some`.
#pragma once

#include "worker/peer.hpp"

namespace bench::floor {

template <class End>
peer over_pipe(std::string_view name, std::string version) {
    return {.name = name,
            .version = std::move(version),
            .kind = "floor",
            .send =
                [](pipe_end to, outgoing& data) {
                    End end{to};
                    send_all(end, data);
                },
            .receive =
                [](pipe_end from, incoming& data) {
                    End end{from};
                    receive_all(end, data);
                },
            .relay =
                [](pipe_end in, pipe_end out) {
                    End from{in};
                    End to{out};
                    relay_all(from, to);
                },
            .ping =
                [](pipe_end in, pipe_end out, questions& data) {
                    End from{in};
                    End to{out};
                    ping_all(from, to, data);
                },
            .echo =
                [](pipe_end in, pipe_end out, std::size_t size) {
                    End from{in};
                    End to{out};
                    echo_all(from, to, size);
                },
            .open =
                [](const meeting& at) {
                    return std::unique_ptr<duct>(std::make_unique<two_ends<End, End>>(
                        std::make_unique<End>(End{at.out}), std::make_unique<End>(End{at.in})));
                }};
}

/// Small writes gathered in a buffer of this size, then written plainly.
template <class End, std::size_t capacity>
class buffered_end {
public:
    explicit buffered_end(pipe_end to) : out_{to} { buffer_.reserve(capacity); }
    void write(std::string_view bytes) {
        if (buffer_.size() + bytes.size() > capacity) {
            flush();
        }
        buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    }
    void flush() {
        out_.write({buffer_.data(), buffer_.size()});
        buffer_.clear();
    }

private:
    End out_;
    std::vector<char> buffer_;
};

template <class End, std::size_t capacity>
peer buffered(std::string_view name, std::string version) {
    return {.name = name, .version = std::move(version), .kind = "floor", .send = [](pipe_end to, outgoing& data) {
                buffered_end<End, capacity> end(to);
                send_all(end, data);
                end.flush();
            }};
}

} // namespace bench::floor

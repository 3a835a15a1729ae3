// traffic.hpp - the bytes that the peers move, and the check that they are the right ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace bench {

/// Nanoseconds of the monotonic clock, the same in every process.
std::int64_t now_ns();

/// Byte number `index` of the pattern that all benchmarks move.
constexpr char pattern_byte(std::uint64_t index) {
    return static_cast<char>((index * 167 + (index >> 8) * 13 + (index >> 16) * 7) & 0xff);
}

/// The pattern's first `size` bytes.
std::vector<char> pattern(std::size_t size);

/// Whether `bytes` is the pattern's first `period` bytes over and over.
bool is_pattern(std::string_view bytes, std::size_t period);

/// What a sender sends: the same piece `count` times. With `touch`, every byte is written anew before each piece.
class outgoing {
public:
    outgoing(std::size_t piece, std::uint64_t count, bool touch);

    /// The next piece, valid until the call after; empty when all are sent.
    std::string_view next();
    /// The same for those who make it up in memory of their own: how large a piece is, 0 when all are sent; and the
    /// next bytes of the pieces, at most to the end of one: the number of them.
    [[nodiscard]] std::size_t next_size() const { return sent_ < count_ ? source_.size() : 0; }
    std::size_t fill(std::span<char> into);
    [[nodiscard]] std::uint64_t bytes() const { return sent_ * piece_.size(); }

private:
    std::vector<char> source_;
    std::vector<char> piece_;
    std::uint64_t count_;
    std::uint64_t sent_ = 0;
    std::size_t filled_ = 0; // of the piece that fill() is at
    bool touch_;
};

/// What a receiver gets. The number of bytes and the two ends of every read are compared with the pattern, which costs
/// a few nanoseconds a read; with `touch`, every byte.
class incoming {
public:
    incoming(std::size_t piece, std::uint64_t bytes, std::size_t room, bool touch);

    /// Where to read to; never beyond the expected end of the data.
    [[nodiscard]] std::span<char> room();
    /// The first `count` bytes of room() are the next ones.
    void took(std::size_t count) { took(std::string_view(room_.data(), count)); }
    void took(std::string_view bytes);
    /// The next `count` bytes went where they cannot be looked at.
    void took_unseen(std::size_t count) { bytes_ += count; }
    [[nodiscard]] bool complete() const { return bytes_ == expected_; }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// All came, and all that was looked at was right.
    [[nodiscard]] bool right() const { return right_ && complete(); }

private:
    std::vector<char> piece_;
    std::vector<char> room_;
    std::uint64_t expected_;
    std::uint64_t bytes_ = 0;
    std::size_t at_ = 0; // position in the piece
    bool touch_;
    bool right_ = true;
};

/// Messages to be answered by themselves, and how long each answer took.
class questions {
public:
    questions(std::size_t size, std::size_t count);

    std::string_view next();
    [[nodiscard]] std::span<char> room() { return room_; }
    void answered();
    [[nodiscard]] bool right() const { return right_ && took_ns_.size() == count_; }
    [[nodiscard]] std::uint64_t bytes() const { return took_ns_.size() * message_.size(); }
    std::vector<std::int64_t>& took_ns() { return took_ns_; }

private:
    std::vector<char> message_;
    std::vector<char> room_;
    std::size_t count_;
    std::int64_t asked_ns_ = 0;
    std::vector<std::int64_t> took_ns_;
    bool right_ = true;
};

} // namespace bench

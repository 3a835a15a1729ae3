#include "worker/traffic.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace bench {

std::int64_t now_ns() {
    // libstdc++'s steady_clock is CLOCK_MONOTONIC, which all processes share.
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<char> pattern(std::size_t size) {
    std::vector<char> bytes(size);
    for (std::size_t index = 0; index < size; ++index) {
        bytes[index] = pattern_byte(index);
    }
    return bytes;
}

bool is_pattern(std::string_view bytes, std::size_t period) {
    const std::vector<char> expected = pattern(period);
    while (!bytes.empty()) {
        const std::size_t length = std::min(bytes.size(), period);
        if (std::memcmp(bytes.data(), expected.data(), length) != 0) {
            return false;
        }
        bytes.remove_prefix(length);
    }
    return true;
}

outgoing::outgoing(std::size_t piece, std::uint64_t count, bool touch)
    : source_(pattern(piece)), piece_(source_), count_(count), touch_(touch) {}

std::string_view outgoing::next() {
    if (sent_ == count_) {
        return {};
    }
    ++sent_;
    if (touch_) {
        std::memcpy(piece_.data(), source_.data(), piece_.size());
    }
    return {piece_.data(), piece_.size()};
}

std::size_t outgoing::fill(std::span<char> into) {
    const std::size_t length = std::min(into.size(), source_.size() - filled_);
    std::memcpy(into.data(), source_.data() + filled_, length);
    filled_ += length;
    if (filled_ == source_.size()) {
        filled_ = 0;
        ++sent_;
    }
    return length;
}

incoming::incoming(std::size_t piece, std::uint64_t bytes, std::size_t room, bool touch)
    : piece_(pattern(piece)), room_(room), expected_(bytes), touch_(touch) {}

std::span<char> incoming::room() {
    return std::span(room_).first(static_cast<std::size_t>(std::min<std::uint64_t>(room_.size(), expected_ - bytes_)));
}

void incoming::took(std::string_view bytes) {
    if (bytes.empty() || bytes.size() > expected_ - bytes_) {
        right_ = false;
        return;
    }
    if (touch_) {
        while (!bytes.empty()) {
            const std::size_t length = std::min(bytes.size(), piece_.size() - at_);
            right_ = right_ && std::memcmp(bytes.data(), piece_.data() + at_, length) == 0;
            at_ = (at_ + length) % piece_.size();
            bytes_ += length;
            bytes.remove_prefix(length);
        }
        return;
    }
    const std::size_t last = (at_ + bytes.size() - 1) % piece_.size();
    right_ = right_ && bytes.front() == piece_[at_] && bytes.back() == piece_[last];
    bytes_ += bytes.size();
    at_ = last + 1 == piece_.size() ? 0 : last + 1;
}

questions::questions(std::size_t size, std::size_t count) : message_(pattern(size)), room_(size), count_(count) {
    took_ns_.reserve(count);
}

std::string_view questions::next() {
    if (took_ns_.size() == count_) {
        return {};
    }
    // Each message differs from the one before, so that a stale answer is seen.
    message_.front() = static_cast<char>(took_ns_.size());
    asked_ns_ = now_ns();
    return {message_.data(), message_.size()};
}

void questions::answered() {
    took_ns_.push_back(now_ns() - asked_ns_);
    right_ = right_ && std::memcmp(message_.data(), room_.data(), message_.size()) == 0;
}

} // namespace bench

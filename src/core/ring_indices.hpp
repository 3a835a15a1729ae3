// ring_indices.hpp - where one side of a ring stands, and what it may believe of what the other side says.
//
// Two counters say all of a ring: how many bytes were ever written, and how many ever read. They never wrap in 64 bits.
// Each side keeps its own counter here, in its own memory, and only tells the other; what the other tells comes from
// memory that it can write at any time, and counts only if it can be true. The byte of a counter is as many places from
// the first as that is from `start`, which the writer moves when nothing is in the ring, to use the same places again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace windpipe {

/// One side's private copies. INVARIANT: amount() <= capacity(), whatever the other side says.
class ring_indices {
public:
    enum class side { reads, writes };

    /// Nothing: these counters cannot be those of a ring of this capacity. PRE: capacity is a power of two.
    static std::optional<ring_indices> begin(side whose, std::size_t capacity, std::uint64_t own, std::uint64_t other,
                                             std::uint64_t start) noexcept {
        const std::uint64_t amount = whose == side::reads ? other - own : capacity - (own - other);
        if (amount > capacity) {
            return std::nullopt;
        }
        return ring_indices(capacity, own, other, start, static_cast<std::size_t>(amount));
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    /// Bytes there are to read, or room there is to write, as far as is known.
    [[nodiscard]] std::size_t amount() const noexcept { return amount_; }
    /// Where they begin. INVARIANT: < capacity(), whatever `start` says.
    [[nodiscard]] std::size_t place() const noexcept {
        return static_cast<std::size_t>((own_ - start_) & (capacity_ - 1));
    }
    [[nodiscard]] std::uint64_t own() const noexcept { return own_; }
    /// The counter of the other side, as it was last believed.
    [[nodiscard]] std::uint64_t other() const noexcept { return other_; }

    /// Learns how far the other side is. False: that cannot be, and nothing has changed. A counter goes on, never back,
    /// and never further than what we have left it.
    [[nodiscard]] bool see(std::uint64_t other) noexcept {
        const std::uint64_t more = other - other_;
        if (more > capacity_ - amount_) {
            return false;
        }
        other_ = other;
        amount_ += static_cast<std::size_t>(more);
        return true;
    }

    [[nodiscard]] std::uint64_t start() const noexcept { return start_; }
    /// What the writer says of where bytes begin: for the reader, after see(). It changes only while there are none.
    void start_at(std::uint64_t start) noexcept { start_ = start; }
    /// For the writer: begins anew, if nothing is in the ring.
    [[nodiscard]] bool start_again() noexcept {
        if (amount_ != capacity_) {
            return false;
        }
        start_ = own_;
        return true;
    }

    /// We have read or written so many. PRE: count <= amount().
    void advance(std::size_t count) noexcept {
        own_ += count;
        amount_ -= count;
    }

private:
    ring_indices(std::size_t capacity, std::uint64_t own, std::uint64_t other, std::uint64_t start,
                 std::size_t amount) noexcept
        : amount_(amount), capacity_(capacity), own_(own), start_(start), other_(other) {}

    // Not side by side: GCC would change them by one wide load of two fresh stores, which waits for both.
    std::size_t amount_;
    std::size_t capacity_;
    std::uint64_t own_;
    std::uint64_t start_;
    std::uint64_t other_;
};

} // namespace windpipe

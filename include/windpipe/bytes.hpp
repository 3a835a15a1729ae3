// bytes.hpp - the memory that a stream of unknown length is read into.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace windpipe {

/// Contiguous bytes that grow without being zero-filled and, once they are many, without being copied.
///
/// A `std::string` must fill what it is about to receive and copy itself to grow: for a captured gigabyte that costs
/// more than the pipe. Read from it through view() or span(); str() makes a std::string, which is a copy.
///
/// *Ownership*: move-only; owns its memory.
/// *Threads*: as a `std::string`: one thread at a time.
/// *Systems*: from 256 KiB on it is memory of its own, in huge pages where Linux grants them (madvise(2) MADV_HUGEPAGE;
/// VirtualAlloc).
class byte_buffer {
public:
    byte_buffer() noexcept = default;
    byte_buffer(byte_buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    byte_buffer& operator=(byte_buffer&& other) noexcept {
        if (this != &other) {
            reset();
            data_ = std::exchange(other.data_, nullptr);
            size_ = std::exchange(other.size_, 0);
            capacity_ = std::exchange(other.capacity_, 0);
        }
        return *this;
    }
    ~byte_buffer() { reset(); }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const std::byte* data() const noexcept { return data_; }
    [[nodiscard]] std::span<std::byte> span() noexcept { return {data_, size_}; }
    [[nodiscard]] std::span<const std::byte> span() const noexcept { return {data_, size_}; }

    /// The bytes as text, valid until the buffer changes or goes.
    [[nodiscard]] std::string_view view() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }
    operator std::string_view() const noexcept { return view(); } // NOLINT(google-explicit-constructor): as std::string
    /// A copy of the bytes.
    [[nodiscard]] std::string str() const { return std::string(view()); }
    friend bool operator==(const byte_buffer& a, std::string_view b) noexcept { return a.view() == b; }

    /// Uninitialised memory behind the bytes, at least this much: write to it, then commit() what was written.
    /// Empty when there is no memory; the bytes are untouched then.
    [[nodiscard]] std::span<std::byte> room(std::size_t at_least) noexcept;
    /// The first `n` bytes of room() belong to the bytes from now on.
    void commit(std::size_t n) noexcept { size_ += n; }

    /// Gives back the memory behind the bytes where that is whole pages.
    void trim() noexcept;
    /// Forgets the bytes and gives the memory back.
    void reset() noexcept;

private:
    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

namespace detail {

/// What was read ahead of its use: bytes are added behind and taken off the front, in memory that stays.
class byte_queue {
public:
    byte_queue() noexcept = default;
    byte_queue(byte_queue&& other) noexcept
        : memory_(std::move(other.memory_)), capacity_(std::exchange(other.capacity_, 0)),
          first_(std::exchange(other.first_, 0)), last_(std::exchange(other.last_, 0)) {}
    byte_queue& operator=(byte_queue&& other) noexcept {
        memory_ = std::move(other.memory_);
        capacity_ = std::exchange(other.capacity_, 0);
        first_ = std::exchange(other.first_, 0);
        last_ = std::exchange(other.last_, 0);
        return *this;
    }
    ~byte_queue() = default;

    [[nodiscard]] std::size_t size() const noexcept { return last_ - first_; }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {memory_.get() + first_, size()}; }
    [[nodiscard]] std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(memory_.get()) + first_, size()};
    }

    /// Memory behind the bytes, at least this much; empty when there is none. What bytes() gave is no longer there.
    [[nodiscard]] std::span<std::byte> room(std::size_t at_least) noexcept;
    /// The first `n` bytes of room() belong to the bytes from now on.
    void commit(std::size_t n) noexcept { last_ += n; }
    /// Takes `n` bytes off the front. They stay where they are until room() is called.
    void drop(std::size_t n) noexcept { first_ += n; }

private:
    std::unique_ptr<std::byte[]> memory_;
    std::size_t capacity_ = 0;
    std::size_t first_ = 0;
    std::size_t last_ = 0;
};

} // namespace detail

} // namespace windpipe

// capture_buffer.hpp - keeps the beginning and the end of a stream and counts what lies between.
#pragma once

#include <windpipe/run.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace windpipe {

/// The stream is read straight into the memory that the user gets; what is not kept passes through one piece of memory
/// that stays warm.
class capture_buffer {
public:
    /// The most that is asked for at a time: what a pipe of default capacity holds.
    static constexpr std::size_t piece = 64UL * 1024;

    explicit capture_buffer(capture_limit limit) noexcept : limit_(limit) {}

    /// Where to read the next bytes of the stream to, `most` of them. Empty: no memory.
    std::span<std::byte> room(std::size_t most = piece) noexcept;
    /// What room() gave last: to look at what has been read, before took().
    [[nodiscard]] std::span<const std::byte> last_room() const noexcept { return room_; }
    /// `n` bytes have been read to the last room(). False: no memory to keep them; they are lost.
    bool took(std::size_t n) noexcept;

    /// What was kept. Leaves the buffer empty.
    capture take();

private:
    void keep_last(std::string_view text);

    capture_limit limit_;
    capture kept_;
    std::size_t oldest_ = 0; // where in kept_.tail, a ring once it is full, its first byte is
    bool in_head_ = false;   // where the last room() was
    std::unique_ptr<std::byte[]> passing_;
    std::span<std::byte> room_;
};

} // namespace windpipe

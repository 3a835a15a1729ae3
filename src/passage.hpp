// passage.hpp - the way of bytes from one place to another, without a copy where that can be.
#pragma once

#include "interruption.hpp"
#include "platform/platform.hpp"

#include <windpipe/error.hpp>
#include <windpipe/pipe.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace windpipe {

/// One transfer, while both of its sides are in use.
class passage {
public:
    using side = platform::transfer_side;

    passage(const side& from, const side& to, interruption& reading, interruption& writing)
        : from_(from), to_(to), reading_(reading), writing_(writing), splices_(from.splices && to.splices) {}

    /// Moves 1..most bytes; 0 is end of stream.
    result<std::size_t> move_some(std::size_t most);
    /// Writes 1..most bytes that stay where they are; 0 is end of stream. PRE: both are pipes.
    result<std::size_t> copy_some(std::size_t most);
    /// Reads 1..most bytes to nowhere. PRE: so many are there, in a pipe.
    result<std::size_t> drop_some(std::size_t most);

private:
    using by_reference = decltype(platform::splice_some);

    result<std::size_t> move(std::size_t most);
    result<std::size_t> copy(std::size_t most);
    /// What `call` does without a copy; nothing where that cannot be, and from then on it is not tried again.
    result<std::optional<std::size_t>> without_copy(by_reference& call, std::size_t most);
    /// What there is, which stays where it is, in our memory; empty is end of stream.
    result<std::span<std::byte>> look_at(std::size_t most);
    result<std::span<std::byte>> memory(std::size_t most);
    result<std::size_t> look(std::span<std::byte> buffer);
    result<void> take(std::span<std::byte> seen, std::size_t count);
    result<std::size_t> write_some(const_buffer bytes);

    side from_;
    side to_;
    interruption& reading_;
    interruption& writing_;
    bool splices_;
    std::unique_ptr<std::byte[]> memory_;
};

} // namespace windpipe

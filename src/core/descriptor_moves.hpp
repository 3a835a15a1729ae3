// descriptor_moves.hpp - in which order a child brings descriptors to the numbers they shall have.
#pragma once

#include <array>
#include <cstddef>

namespace windpipe {

/// Descriptors to be moved to the numbers 0, 1 and 2. Trivially destructible: it is used between clone and exec.
struct descriptor_moves {
    static constexpr std::size_t count = 3;

    struct move {
        int from = -1;
        int to = -1;
    };
    /// First: duplicate `from` to any free number above 2, and use that wherever `from` was a source.
    std::array<move, count> aside{};
    std::size_t aside_count = 0;
    /// Then, in order: duplicate `from` onto `to`; where both are equal, only make it inheritable.
    /// A `from` of -1 - i means the copy that aside[i] made.
    std::array<move, count> place{};
};

/// How descriptor sources[i] comes to number i, for each i, whatever the sources are: swaps, cycles, the same source
/// twice. A source that another target would overwrite before it is used is moved aside first.
descriptor_moves plan_moves(const std::array<int, descriptor_moves::count>& sources) noexcept;

} // namespace windpipe

// descriptor_moves.hpp - in which order a child brings descriptors to the numbers they shall have.
#pragma once

#include <span>
#include <vector>

namespace windpipe {

/// Descriptors to be moved to the numbers 0, 1, 2 and so on.
struct descriptor_moves {
    /// Trivially destructible: it is used between clone and exec.
    struct move {
        int from = -1;
        int to = -1;
    };
    /// First: duplicate `from` to any free number above all targets, which is noted in `to`, and use that wherever
    /// `from` was a source.
    std::vector<move> aside;
    /// Then, in order: duplicate `from` onto `to`; where both are equal, only make it inheritable.
    /// A `from` of -1 - i means the copy that aside[i] made.
    std::vector<move> place;
};

/// How descriptor sources[i] comes to number i, for each i, whatever the sources are: swaps, cycles, the same source
/// twice. A source that another target would overwrite before it is used is moved aside first.
descriptor_moves plan_moves(std::span<const int> sources);

} // namespace windpipe

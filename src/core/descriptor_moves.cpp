#include "descriptor_moves.hpp"

#include <algorithm>

namespace windpipe {

descriptor_moves plan_moves(std::span<const int> sources) {
    descriptor_moves moves;
    moves.place.reserve(sources.size());
    for (int target = 0; target < static_cast<int>(sources.size()); ++target) {
        const int source = sources[static_cast<std::size_t>(target)];
        int from = source;
        // Targets are filled in rising order: a source below its own target has been overwritten by then, unless it was
        // its own target.
        const bool overwritten = source >= 0 && source < target && sources[static_cast<std::size_t>(source)] != source;
        if (overwritten) {
            const auto copy = std::ranges::find(moves.aside, source, &descriptor_moves::move::from);
            from = -1 - static_cast<int>(copy - moves.aside.begin());
            if (copy == moves.aside.end()) {
                moves.aside.push_back({.from = source});
            }
        }
        moves.place.push_back({from, target});
    }
    return moves;
}

} // namespace windpipe

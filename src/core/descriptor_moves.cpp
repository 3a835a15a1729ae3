#include "descriptor_moves.hpp"

namespace windpipe {

descriptor_moves plan_moves(const std::array<int, descriptor_moves::count>& sources) noexcept {
    descriptor_moves moves;
    const int count = static_cast<int>(descriptor_moves::count);
    for (int target = 0; target < count; ++target) {
        const int source = sources[static_cast<std::size_t>(target)];
        int from = source;
        // Targets are filled in rising order: a source below its own target has been overwritten by then, unless it was
        // its own target.
        const bool overwritten = source >= 0 && source < target && sources[static_cast<std::size_t>(source)] != source;
        if (overwritten) {
            std::size_t copy = 0;
            while (copy < moves.aside_count && moves.aside[copy].from != source) {
                ++copy;
            }
            if (copy == moves.aside_count) {
                moves.aside[moves.aside_count++].from = source;
            }
            from = -1 - static_cast<int>(copy);
        }
        moves.place[static_cast<std::size_t>(target)] = {from, target};
    }
    return moves;
}

} // namespace windpipe

// moving.hpp - how calls go on that move bytes until the stream ends.
#pragma once

#include "interruption.hpp"

#include <windpipe/error.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace windpipe {

/// Moves up to `most` bytes: `move_some(left)` moves some of them; 0: the stream has ended.
template <class MoveSome>
result<std::size_t> move_all(std::size_t most, const interruption& limit, std::string_view operation,
                             MoveSome&& move_some) {
    std::size_t total = 0;
    while (total < most) {
        result<std::size_t> moved = move_some(most - total);
        if (!moved) {
            moved.error().transferred = total;
            return moved;
        }
        if (*moved == 0) {
            break;
        }
        total += *moved;
        // Asked every time: as long as something can be moved, no call has to wait and notice it.
        if (const auto why = total < most ? limit.why_go_no_further() : std::nullopt) {
            error gave_up = interruption::gave_up(*why, operation);
            gave_up.transferred = total;
            return std::unexpected(std::move(gave_up));
        }
    }
    return total;
}

} // namespace windpipe

// calls.hpp - how a public call on an end reaches the backend.
#pragma once

#include "access.hpp"
#include "platform/platform.hpp"

#include <string_view>
#include <utility>

namespace windpipe {

/// Runs one call on an end: `body(handle, interruption)`, unless the end is closed or the call has been called off.
template <class Body>
auto call_on(const detail::pipe_end& end, std::string_view operation, const wait_limit& limit, Body&& body)
    -> decltype(body(native_handle{}, std::declval<interruption&>())) {
    detail::endpoint* const state = detail::access::endpoint_of(end);
    const detail::endpoint::use call(state);
    if (!call) {
        return std::unexpected(detail::endpoint::closed_error(operation));
    }
    interruption interrupted(limit, state);
    interrupted.called();
    if (interrupted.canceled()) {
        return std::unexpected(interruption::gave_up(std::errc::operation_canceled, operation));
    }
    return body(call.handle(), interrupted);
}

/// Tells the counters of the end what a transfer has moved.
inline result<std::size_t> counted(result<std::size_t> moved, const interruption& call) {
    if (moved) {
        call.moved(*moved);
    }
    return moved;
}

/// Before a read that may wait: sends what a tied buffer holds, which the other side may need to answer. That nobody
/// reads it any more is for the next write to say: there may still be something to read here.
result<void> flush_tied(const detail::pipe_end& reader, const wait_limit& limit);

/// What most calls are: one system call. The bytes it moved; 0 where it moved none, for whatever reason: then the whole
/// call is made. Written to touch little code and memory, which cost where a system call empties the TLB.
template <class Bytes>
std::size_t at_once(const detail::pipe_end& end, Bytes bytes, const wait_limit& limit,
                    std::size_t (*transfer)(native_handle, Bytes, bool) noexcept) {
    detail::endpoint* const state = detail::access::endpoint_of(end);
    if (state == nullptr || bytes.empty() || limit.stop.stop_requested() || state->counts() != nullptr) {
        return 0;
    }
    // Out of step with the other end, the call is left to the system, which may wait, if nothing else may end the wait.
    const bool in_step = state->pace().in_step();
    if (!in_step && (!limit.is_unlimited() || state->tied() != nullptr || state->deadlock() != deadlock_watch::none ||
                     state->pace().spin_is_due())) {
        return 0;
    }
    const detail::endpoint::use call(state);
    return call ? transfer(call.handle(), bytes, !in_step) : 0;
}

} // namespace windpipe

#include "access.hpp"
#include "platform/platform.hpp"
#include "process_state.hpp"
#include "ring_state.hpp"

#include <windpipe/waitable.hpp>

namespace windpipe {

using detail::access;
using detail::endpoint;

namespace {

constexpr std::string_view step = "make waitable";

result<unique_handle> waitable_of(const detail::pipe_end& end, platform::direction way) {
    const endpoint::use call(access::endpoint_of(end));
    return call ? platform::end_waitable(call.handle(), way) : std::unexpected(endpoint::closed_error(step));
}

result<unique_handle> waitable_of(const detail::ring_end& end) {
    return detail::ring_view_of(end, step, [&](const detail::ring_view& locked) -> result<unique_handle> {
        if (locked.takes_turns()) {
            return std::unexpected(detail::not_with_turns(step));
        }
        detail::ring_state& state = *detail::ring_access::state_of(end);
        return platform::watch_bell(access::endpoint_of(state.woken_by())->handle(), state.watch());
    });
}

} // namespace

result<unique_handle> make_waitable(const pipe_reader& end) { return waitable_of(end, platform::direction::read); }
result<unique_handle> make_waitable(const pipe_writer& end) { return waitable_of(end, platform::direction::write); }
result<unique_handle> make_waitable(const ring_reader& end) { return waitable_of(end); }
result<unique_handle> make_waitable(const ring_writer& end) { return waitable_of(end); }

result<unique_handle> make_waitable(const child& who) {
    detail::process_state* const state = access::find_process(who);
    return state != nullptr ? platform::process_waitable(state->process()) : std::unexpected(access::no_process(step));
}

} // namespace windpipe
